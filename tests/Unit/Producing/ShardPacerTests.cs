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
        pacer.OnAnswered(3 * Limit, TimeSpan.Zero);

        Assert.InRange((pacer.AdmitsAt(1) - time.Monotonic()).TotalSeconds, 3.0, 3.1);
    }

    [Fact]
    public void A_throttle_takes_a_fifth_of_the_rate_once_and_it_comes_back_by_itself()
    {
        var time = new FakeTimeProvider();
        var pacer = new ShardPacer(time, 100);

        pacer.OnThrottled();
        pacer.OnThrottled();
        Assert.Equal(Limit * 0.8, pacer.BytesPerSecond, 1.0);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.InRange(pacer.BytesPerSecond, Limit * 0.95, Limit);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Limit, pacer.BytesPerSecond);

        for (var i = 0; i < 50; i++)
        {
            pacer.OnThrottled();
            time.Advance(TimeSpan.FromMilliseconds(300));
        }

        Assert.InRange(pacer.BytesPerSecond, Limit / 16.0, Limit / 8.0);
    }

    [Fact]
    public void Alone_at_the_shard_a_record_takes_all_the_room_and_beside_others_a_piece_of_a_long_queue()
    {
        var time = new FakeTimeProvider();
        var pacer = new ShardPacer(time, 100);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Limit, pacer.MostNow);

        pacer.OnThrottled();
        Assert.Equal(pacer.Piece, pacer.MostNow);
        pacer.Admit((int)(Limit * 0.8) - pacer.Piece - 1000);
        Assert.Equal(pacer.Piece + 1000, pacer.MostNow, 1.0);
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
            pacer.OnAnswered(bytes, TimeSpan.Zero);
        }
    }
}
