using CsCheck;
using DataProcessor.Grains.Producing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.Producing;

public sealed class ShardPacerTests
{
    private const int Limit = ShardPacer.ShardBytesPerSecond;

    [Fact]
    public void No_second_of_the_service_sees_more_than_the_limit_however_long_records_take_to_arrive() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[1, 200], Gen.Int[1, 8], Gen.Bool, Gen.Int[20, 100])
            .Sample((seed, slowest, lanes, areTiny, percent) =>
            {
                List<(TimeSpan At, int Bytes)> arrivals = [];
                Simulation.Run(
                    async simulation =>
                    {
                        var pacer = new ShardPacer(simulation.Time, percent);
                        var until = simulation.Time.Monotonic() + TimeSpan.FromSeconds(3);
                        await Task.WhenAll(Enumerable.Range(0, lanes).Select(_ => SaturateAsync(
                            simulation, pacer, until, areTiny ? 20 : 200_000, slowest, arrivals)));
                    },
                    seed);

                ShardLimits.AssertKept(arrivals, percent);
            }, iter: 40);

    [Fact]
    public void A_saturated_shard_is_used_almost_fully()
    {
        List<(TimeSpan At, int Bytes)> arrivals = [];
        Simulation.Run(async simulation =>
        {
            var pacer = new ShardPacer(simulation.Time, 100);
            await simulation.PassAsync(2000);
            var until = simulation.Time.Monotonic() + TimeSpan.FromSeconds(10);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SaturateAsync(simulation, pacer, until, 40_000, 15, arrivals)));
        });

        var share = arrivals.Sum(arrival => (long)arrival.Bytes) / 10.0 / Limit;
        TestContext.Current.TestOutputHelper?.WriteLine($"{share:P1} of the shard's bytes, {arrivals.Count / 10} records/s");
        Assert.InRange(share, 0.95, 1.1);
    }

    [Fact]
    public void A_record_larger_than_a_second_goes_alone_and_its_debt_is_paid_first()
    {
        var time = new FakeTimeProvider();
        var pacer = new ShardPacer(time, 100);
        Assert.True(pacer.AdmitsAt(3 * Limit) > time.Monotonic());
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(time.Monotonic(), pacer.AdmitsAt(3 * Limit));
        pacer.Admit(3 * Limit);
        Assert.Equal(MonotonicTime.Never, pacer.AdmitsAt(1));
        pacer.OnAnswered(3 * Limit);

        Assert.InRange((pacer.AdmitsAt(1) - time.Monotonic()).TotalSeconds, 3.0, 3.1);
    }

    [Fact]
    public void Throttles_halve_the_rate_once_and_it_recovers_by_itself()
    {
        var time = new FakeTimeProvider();
        var pacer = new ShardPacer(time, 100);

        pacer.OnThrottled();
        pacer.OnThrottled();
        Assert.Equal(Limit / 2.0, pacer.BytesPerSecond);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Limit * 0.6, pacer.BytesPerSecond, 1.0);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Limit, pacer.BytesPerSecond);

        for (var i = 0; i < 50; i++)
        {
            pacer.OnThrottled();
            time.Advance(TimeSpan.FromMilliseconds(300));
        }

        Assert.InRange(pacer.BytesPerSecond, Limit / 16.0, Limit / 8.0);
    }

    // A lane that always has something to send.
    private static async Task SaturateAsync(
        Simulation simulation, ShardPacer pacer, TimeSpan until, int largest, int slowest, List<(TimeSpan At, int Bytes)> arrivals)
    {
        while (simulation.Time.Monotonic() < until)
        {
            var bytes = simulation.Random.Next(1, largest);
            while (pacer.AdmitsAt(bytes) is var at && at > simulation.Time.Monotonic())
            {
                var wait = at == MonotonicTime.Never ? TimeSpan.FromMilliseconds(5) : at - simulation.Time.Monotonic();
                await simulation.PassAsync(wait + TimeSpan.FromMilliseconds(1));
            }

            pacer.Admit(bytes);
            await simulation.PassAsync(simulation.Random.Next(1, slowest + 1));
            arrivals.Add((simulation.Time.Monotonic(), bytes));
            await simulation.PassAsync(simulation.Random.Next(0, slowest + 1));
            pacer.OnAnswered(bytes);
        }
    }
}
