using DataProcessor.Aws.Local;
using DataProcessor.Grains.Producing;
using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>How much of a shard is used, and that nothing is throttled: a minute of load in simulated time.</summary>
public sealed class PacingFiguresTests
{
    private const int Warmup = 3;
    private const int Windows = 60;
    private const int RecordsAPut = 16;

    [Theory]
    [InlineData(LimitModel.TokenBucket)]
    [InlineData(LimitModel.SlidingSecond)]
    public void At_half_as_much_again_as_a_shard_takes_nothing_is_throttled_and_all_of_it_is_used(LimitModel model) => Simulation.Run(async simulation =>
    {
        var kinesis = new SimulatedKinesis(simulation, shards: 2, model) { Jitter = TimeSpan.FromMilliseconds(30) };
        await using var silo = new SimulatedSilo(simulation, kinesis);

        var refused = await Task.WhenAll(OfferAsync(silo, 0, 1.5), OfferAsync(silo, 1, 1.5));

        for (var shard = 0; shard < 2; shard++)
        {
            var share = kinesis.ShareOf(shard, Warmup, Warmup + Windows);
            Report(kinesis, shard, share);
            Assert.Equal(0, kinesis.Seconds[shard].Sum(second => second.Throttled));
            Assert.InRange(share, 0.97, 1.001);
        }

        // A third more than it takes is too much; the buffer holds the first 16 MiB of that.
        Assert.All(refused, share => Assert.InRange(share, 0.1, 0.35));
    });

    [Fact]
    public void Whoever_comes_back_when_a_full_producer_told_him_to_finds_room() => Simulation.Run(async simulation =>
    {
        var kinesis = new SimulatedKinesis(simulation, shards: 1) { Jitter = TimeSpan.FromMilliseconds(30) };
        await using var silo = new SimulatedSilo(simulation, kinesis, new() { BufferBytes = 4 * 1024 * 1024 });
        var pool = Loads.Of(silo.Map, 0, puts: 8, recordsAPut: 60, dataSize: 1024);
        List<(TimeSpan Told, bool WasTrue)> refusals = [];

        // Together they have twice as much to put as the buffer holds, at any time.
        await Task.WhenAll(Enumerable.Range(0, 130).Select(_ => ClientAsync()));

        var share = kinesis.ShareOf(0, Warmup, 20);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{refusals.Count} refusals, told {refusals.Average(refusal => refusal.Told.TotalSeconds):F2} s on average; "
            + $"{refusals.Count(refusal => refusal.WasTrue) / (double)refusals.Count:P1} found room then; {share:P1} of the shard used");
        Assert.True(refusals.Count > 100);
        Assert.InRange(refusals.Count(refusal => refusal.WasTrue) / (double)refusals.Count, 0.85, 1);
        Assert.InRange(refusals.Average(refusal => refusal.Told.TotalSeconds), 0, 5);
        Assert.True(share > 0.95);

        async Task ClientAsync()
        {
            while (simulation.Elapsed < TimeSpan.FromSeconds(20))
            {
                var put = pool[simulation.Random.Next(pool.Length)] with { Id = new(Guid.NewGuid()) };
                TimeSpan? told = null;
                for (var response = await silo.PutAsync(0, put); ; response = await silo.PutAsync(0, put))
                {
                    if (told is { } before)
                    {
                        refusals.Add((before, response.Status != PutStatus.Busy));
                    }

                    if (response.Status != PutStatus.Busy)
                    {
                        break;
                    }

                    told = response.RetryAfter;
                    await simulation.PassAsync(response.RetryAfter);
                }
            }
        }
    });

    [Fact]
    public void A_hot_shard_does_not_make_the_others_busy() => Simulation.Run(async simulation =>
    {
        var kinesis = new SimulatedKinesis(simulation, shards: 5);
        await using var silo = new SimulatedSilo(
            simulation, kinesis, new() { SiloBufferBytes = 3 * 1024 * 1024, BufferBytes = 3 * 1024 * 1024 });

        var refused = await Task.WhenAll(new[] { 4.0, 0.5, 0.5, 0.5, 0.5 }.Select((share, shard) => OfferAsync(silo, shard, share, seconds: 15)));

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"refused {string.Join(", ", refused.Select(share => $"{share:P0}"))}; the silo has {silo.Buffer.Free:N0} B free");
        Assert.InRange(refused[0], 0.5, 0.8);
        Assert.All(refused[1..], share => Assert.Equal(0, share));
    });

    [Theory]
    [InlineData(LimitModel.TokenBucket)]
    [InlineData(LimitModel.SlidingSecond)]
    public void Beside_somebody_who_takes_half_of_the_shard_the_other_half_is_used_with_few_throttles(LimitModel model) => Simulation.Run(async simulation =>
    {
        var kinesis = new SimulatedKinesis(simulation, shards: 1, model) { Jitter = TimeSpan.FromMilliseconds(20) };
        await using var silo = new SimulatedSilo(simulation, kinesis);
        var foreign = TakeHalfAsync(simulation, kinesis);

        await OfferAsync(silo, 0, 1.2);

        var share = kinesis.ShareOf(0, Warmup, Warmup + Windows);
        var (stored, throttled) = (kinesis.Seconds[0].Sum(second => second.Records), kinesis.Seconds[0].Sum(second => second.Throttled));
        Report(kinesis, 0, share);
        TestContext.Current.TestOutputHelper?.WriteLine($"the other one got {await foreign:P1} of what it wanted");
        Assert.InRange(share, 0.40, 0.55);
        Assert.InRange(throttled, 1, (stored + throttled) * 0.02);
    });

    [Fact]
    public void A_shard_that_others_have_left_is_ours_again_within_twenty_seconds()
    {
        var share = new ShardShare();
        var now = TimeSpan.FromDays(1);
        while (share.At(now) > 0.5)
        {
            share.OnThrottled(now);
            now += TimeSpan.FromMilliseconds(300);
        }

        Assert.InRange(share.At(now + TimeSpan.FromSeconds(5)), 0.4, 0.6);
        Assert.Equal(1, share.At(now + TimeSpan.FromSeconds(20)));
    }

    /// <summary>Puts at random moments, a share of what the shard takes. Returns which part was refused.</summary>
    private static async Task<double> OfferAsync(SimulatedSilo silo, int shard, double share, int seconds = Warmup + Windows)
    {
        var simulation = silo.Simulation;
        var pool = Loads.Of(silo.Map, shard, puts: 8, RecordsAPut, dataSize: 1024);
        var arrivals = new PoissonArrivals(simulation, share * ShardPacer.ShardBytesPerSecond / pool[0].Frames.Length);
        var (puts, refused) = (0, 0);
        for (; simulation.Elapsed < TimeSpan.FromSeconds(seconds); puts++)
        {
            await arrivals.NextAsync();
            var answer = silo.PutAsync(shard, pool[simulation.Random.Next(pool.Length)] with { Id = new(Guid.NewGuid()) });
            refused += answer.IsCompletedSuccessfully && answer.Result.Status == PutStatus.Busy ? 1 : 0;
        }

        return (double)refused / puts;
    }

    private static async Task<double> TakeHalfAsync(Simulation simulation, SimulatedKinesis kinesis)
    {
        var (wanted, got) = (0, 0);
        for (; simulation.Elapsed < TimeSpan.FromSeconds(Warmup + Windows); wanted++)
        {
            got += kinesis.PutForeign(0, ShardPacer.ShardBytesPerSecond / 2 / 25) ? 1 : 0;
            await simulation.PassAsync(40);
        }

        return (double)got / wanted;
    }

    private static void Report(SimulatedKinesis kinesis, int shard, double share) => TestContext.Current.TestOutputHelper?.WriteLine(
        $"shard {shard}: {share:P1} of its bytes in {Windows} s, {kinesis.Seconds[shard].Sum(second => second.Throttled)} throttled of "
        + $"{kinesis.Seconds[shard].Sum(second => second.Records + second.Throttled)} Kinesis records");
}
