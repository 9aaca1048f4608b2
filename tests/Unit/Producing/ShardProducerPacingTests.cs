using DataProcessor.Grains.Producing;
using Xunit;

namespace DataProcessor.Unit.Producing;

public sealed class ShardProducerPacingTests
{
    [Theory]
    [InlineData(100, 200)]
    [InlineData(20, 5)]
    [InlineData(200, 60)]
    public void A_backlog_is_sent_at_the_shards_full_rate_and_not_faster(int dataSize, int latency) => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Latency = TimeSpan.FromMilliseconds(latency);
        await simulation.PassAsync(2000);
        var began = simulation.Time.GetTimestamp();

        // 10 MiB, with one record that is nearly a second's worth.
        var puts = Enumerable.Range(0, 100).Select(_ => Puts.OfSize(100 * 1024 / (dataSize + 7), dataSize))
            .Append(Puts.Of(new TestRecord("large", new byte[1_000_000])));
        await Task.WhenAll(puts.Select(fixture.SettleAsync));

        var arrivals = fixture.Shards.Arrivals(ProducerFixture.ShardId);
        ShardLimits.AssertKept(arrivals);
        Assert.Equal(fixture.Shards.Attempts.Count, fixture.Shards.Stored.Count);
        var seconds = simulation.Time.GetElapsedTime(began).TotalSeconds;
        var share = arrivals.Sum(arrival => (long)arrival.Bytes) / seconds / ShardPacer.ShardBytesPerSecond;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{share:P1} of the shard's bytes over {seconds:F1} s at {latency} ms a call, {arrivals.Average(arrival => arrival.Bytes):N0} B a record");

        // A record's share of the window is held for the length of its call too.
        Assert.InRange(share, 0.99 / (1.02 + (latency / 1000.0)), 1.15);
    });

    [Fact]
    public void Where_others_write_too_the_producer_takes_what_is_left_and_loses_nothing() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        var left = 0.0;
        var before = simulation.Time.Monotonic();
        var throttled = 0;
        fixture.Shards.Script = (_, record) =>
        {
            // Others leave us half of the shard.
            var now = simulation.Time.Monotonic();
            left = Math.Min(512 * 1024, left + ((now - before).TotalSeconds * 512 * 1024));
            before = now;
            if (left < record.Size)
            {
                throttled++;
                return SimulatedShards.Throttle();
            }

            left -= record.Size;
            return null;
        };

        var began = simulation.Time.GetTimestamp();
        var responses = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => fixture.SettleAsync(Puts.OfSize(500, 200))));

        Assert.All(responses.SelectMany(response => response.Runs), run => Assert.Equal(PutOutcome.Stored, run.Outcome));
        Assert.True(throttled > 0);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"6 MB in {simulation.Time.GetElapsedTime(began).TotalSeconds:F1} s, {throttled} of {fixture.Shards.Attempts.Count} attempts throttled");
        Assert.True(throttled < fixture.Shards.Attempts.Count * 0.4);
    });
}
