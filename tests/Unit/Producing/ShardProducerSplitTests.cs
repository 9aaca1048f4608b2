using DataProcessor.Grains.Producing;
using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>Records never get lost between a shard and those that come after it.</summary>
public sealed class ShardProducerSplitTests
{
    private static readonly TestRecord Low = TestRecord.Of("low", "low") with { ExplicitHashKey = new(5) };
    private static readonly TestRecord High = TestRecord.Of("high", "high") with { ExplicitHashKey = new(UInt128.MaxValue - 5) };

    [Fact]
    public void An_aggregate_that_straddles_an_unannounced_split_is_moved_whole() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Split();

        var response = await fixture.SettleAsync(Puts.Of(Low, High));

        Assert.Equal((2, PutOutcome.Moved), (Assert.Single(response.Runs).Count, response.Runs[0].Outcome));
        Assert.True(fixture.Producer.IsClosed);
        Assert.Equal(PutStatus.Moved, (await fixture.SettleAsync(Puts.Of("a"))).Status);
    });

    [Fact]
    public void What_landed_on_a_child_that_owns_all_of_it_is_stored() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Split();

        var aggregate = fixture.SettleAsync(Puts.Of(Low, Low with { PartitionKey = "low2" }));
        await simulation.PassAsync(10);
        var single = fixture.SettleAsync(Puts.Of(High));

        var (first, second) = (Assert.Single((await aggregate).Runs), Assert.Single((await single).Runs));
        Assert.Equal((PutOutcome.Stored, ProducerFixture.Children[0].Id), (first.Outcome, first.ShardId));
        Assert.Equal((PutOutcome.Stored, ProducerFixture.Children[1].Id), (second.Outcome, second.ShardId));
    });

    [Fact]
    public void After_a_split_came_to_light_what_waits_is_sent_along_the_new_border() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Split();

        var first = fixture.SettleAsync(Puts.Of(Low, High));
        await simulation.PassAsync(10);
        var waiting = fixture.SettleAsync(Puts.Of(Low, High, Low, High));

        Assert.Equal(PutOutcome.Moved, Assert.Single((await first).Runs).Outcome);
        var runs = (await waiting).Runs;
        Assert.All(runs, run => Assert.Equal(PutOutcome.Stored, run.Outcome));
        Assert.Equal([0, 1, 2, 3], runs.Select(run => run.First));
        Assert.Equal([0L, 0L, 1L, 1L], runs.Select(run => run.SubSequenceNumber));
    });

    [Fact]
    public void After_an_announced_split_no_aggregate_straddles_and_keys_keep_their_order() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        List<Task<PutResponse>> puts = [];
        var random = simulation.Random;
        for (var i = 0; i < 300; i++)
        {
            puts.Add(fixture.SettleAsync(Puts.Of(
                [.. Enumerable.Range(0, 5).Select(j => TestRecord.Of($"k{random.Next(20)}", $"{(i * 5) + j:D5}"))])));
            await simulation.PassAsync(random.Next(5));
            if (i == 100)
            {
                fixture.Producer.SplitLanes(ProducerFixture.Half);
            }

            if (i == 200)
            {
                fixture.Split();
            }
        }

        var outcomes = (await Task.WhenAll(puts)).SelectMany(response => response.Runs).Select(run => run.Outcome).ToHashSet();
        Assert.Equal([PutOutcome.Stored], outcomes);
        foreach (var shard in ProducerFixture.Children)
        {
            var all = fixture.Shards.UserRecords(ProducerFixture.ShardId).Concat(fixture.Shards.UserRecords(shard.Id));
            Assert.NotEmpty(fixture.Shards.UserRecords(shard.Id));
            Assert.All(fixture.Shards.UserRecords(shard.Id), record => Assert.True(shard.Range.Contains(HashKey.FromPartitionKey(record.PartitionKey))));
            Assert.All(all.GroupBy(record => record.PartitionKey), key =>
            {
                string[] data = [.. key.Select(record => System.Text.Encoding.UTF8.GetString(record.Data))];
                Assert.Equal(data.Order(StringComparer.Ordinal), data);
            });
        }
    });

    [Fact]
    public void An_announcement_is_answered_when_the_straddling_aggregate_is_settled() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Latency = TimeSpan.FromMilliseconds(500);
        var straddling = fixture.SettleAsync(Puts.Of(Low, High));
        await simulation.PassAsync(100);
        Assert.Single(fixture.Shards.Attempts);
        Assert.False(straddling.IsCompleted);

        var began = simulation.Time.GetTimestamp();
        Assert.True(await fixture.Producer.AnnounceAsync([ProducerFixture.Half]));
        Assert.InRange(simulation.Time.GetElapsedTime(began).TotalMilliseconds, 300, 500);
        Assert.Equal(PutOutcome.Stored, Assert.Single((await straddling).Runs).Outcome);

        began = simulation.Time.GetTimestamp();
        Assert.True(await fixture.Producer.AnnounceAsync([ProducerFixture.Half]));
        Assert.Equal(TimeSpan.Zero, simulation.Time.GetElapsedTime(began));
    });

    [Fact]
    public void An_announcement_waits_only_so_long_and_says_so() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Latency = TimeSpan.FromSeconds(3);
        var straddling = fixture.SettleAsync(Puts.Of(Low, High));
        await simulation.PassAsync(30);

        var began = simulation.Time.GetTimestamp();
        Assert.False(await fixture.Producer.AnnounceAsync([ProducerFixture.Half]));
        Assert.InRange(simulation.Time.GetElapsedTime(began), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        await straddling;
        Assert.True(await fixture.Producer.AnnounceAsync([ProducerFixture.Half]));
    });

    [Fact]
    public void A_producer_that_starts_after_the_announcement_finds_it_in_its_map() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        var map = new ShardMap(fixture.Map.Stream, 1, fixture.Map.Shards, [ProducerFixture.Half]);
        using var successor = fixture.ProducerOf(map, ProducerFixture.Whole);
        var running = successor.RunAsync();

        var runs = (await successor.PutAsync(Puts.Of(Low, High))).Runs;

        Assert.Equal(2, fixture.Shards.Stored.Count);
        Assert.All(runs, run => Assert.Equal(PutOutcome.Stored, run.Outcome));
        successor.Dispose();
        await running;
    });

    [Fact]
    public void A_pushed_map_closes_the_producer_and_what_waits_goes_to_the_children() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.ExpectCompany();
        var waiting = fixture.SettleAsync(Puts.Of(Low, High));
        fixture.Split();

        fixture.Producer.Follow(fixture.Map);

        Assert.Equal(PutStatus.Moved, (await fixture.SettleAsync(Puts.Of("a"))).Status);
        Assert.Equal(
            ProducerFixture.Children.Select(child => child.Id),
            (await waiting).Runs.Select(run => run.Outcome == PutOutcome.Stored ? run.ShardId : null));
    });

    [Fact]
    public void A_closed_producer_with_records_left_follows_an_announcement_to_the_shard_that_came_after() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.ExpectCompany();
        var heir = ProducerFixture.Whole with { Id = "shardId-000000000001", Parents = [ProducerFixture.ShardId] };
        fixture.Shards.Shards = [heir];
        var waiting = fixture.SettleAsync(Puts.Of(Low, High));
        fixture.Producer.Follow(ProducerFixture.MapOf(2, ProducerFixture.Whole with { IsOpen = false }, heir));

        Assert.True(await fixture.Producer.AnnounceAsync([ProducerFixture.Half]));

        Assert.Equal(2, (await waiting).Runs.Select(run => run.SequenceNumber).Distinct().Count());
    });

    [Fact]
    public void A_put_by_a_newer_map_makes_the_producer_fetch_it() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Split();

        await fixture.SettleAsync(Puts.Of(Low) with { MapVersion = 2 });

        Assert.True(fixture.Producer.IsClosed);
    });

    [Fact]
    public void A_put_by_an_older_map_with_records_of_others_is_moved_and_one_by_the_same_map_is_a_mistake() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        var map = ProducerFixture.MapOf(2, [ProducerFixture.Whole with { IsOpen = false }, .. ProducerFixture.Children]);
        using var child = fixture.ProducerOf(map, ProducerFixture.Children[0]);

        Assert.Equal(PutStatus.Moved, (await child.PutAsync(Puts.Of(Low, High))).Status);
        var mistake = await Assert.ThrowsAsync<ArgumentException>(() => child.PutAsync(Puts.Of(Low, High) with { MapVersion = 2 }));
        Assert.Contains("outside of shardId-000000000001", mistake.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void While_the_map_cannot_be_had_an_aggregate_that_landed_elsewhere_is_moved() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Split();
        fixture.IsMapAvailable = false;

        Assert.Equal(PutOutcome.Moved, Assert.Single((await fixture.SettleAsync(Puts.Of(Low, Low))).Runs).Outcome);
    });
}
