using System.Text.Json.Nodes;
using DataProcessor.Aws.Local;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class PushFaultTests
{
    private const string Shard = "shardId-000000000000";
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_750_000_000_000));

    [Fact]
    public async Task A_reader_that_follows_the_continuation_gets_every_record_once_through_drops_and_exceptions()
    {
        const int count = 120;
        await using var kinesis = await LocalKinesis.StartAsync(LocalKinesis.Unlimited(), _time);
        var consumer = await kinesis.RegisterAsync();
        kinesis.Server.SetFaults(new LocalKinesisFaults(3) { DropSubscription = 0.2, FailSubscription = 0.2 });
        var (read, broken) = (new List<int>(), 0);
        object start = new { Type = "TRIM_HORIZON" };
        byte put = 0;
        while (read.Count < count)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            using var events = await kinesis.SubscribeAsync(consumer, start);
            try
            {
                for (var next = events.NextAsync(); ; next = events.NextAsync())
                {
                    if (!next.IsCompleted && put < count)
                    {
                        await kinesis.PutAsync("k", [put++]);
                    }

                    if (read.Count == count || await next is not { Type: "SubscribeToShardEvent" } pushed)
                    {
                        break;
                    }

                    read.AddRange(pushed.Values);
                    start = new { Type = "AFTER_SEQUENCE_NUMBER", SequenceNumber = pushed.Continuation };
                }
            }
            catch (IOException)
            {
                broken++;
            }
        }

        Assert.Equal(Enumerable.Range(0, count), read);
        Assert.Equal(broken, kinesis.Server.Counters.InjectedSubscriptionDrops);
        Assert.All([broken, kinesis.Server.Counters.InjectedSubscriptionFailures], happened => Assert.InRange(happened, 1, count));
    }

    [Fact]
    public async Task A_late_put_breaks_off_and_lands_behind_its_repetition()
    {
        await using var kinesis = await LocalKinesis.StartAsync(LocalKinesis.Unlimited(), _time);
        kinesis.Server.SetFaults(new LocalKinesisFaults(1) { LandLate = 1, MaxLateness = TimeSpan.FromSeconds(1) });
        await Assert.ThrowsAsync<HttpRequestException>(() => kinesis.PutAsync("k", [1]));
        kinesis.Server.SetFaults(null);
        await kinesis.PutAsync("k", [2]);
        Assert.Equal([2], await ReadAsync(kinesis));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([2, 1], await ReadAsync(kinesis));
        Assert.Equal(1, kinesis.Server.Counters.InjectedLateLandings);
    }

    [Fact]
    public async Task A_quick_put_gets_a_number_below_one_that_was_acknowledged_before_and_readers_see_them_in_order()
    {
        using var folder = new TemporaryFolder();
        var options = LocalKinesis.Unlimited();
        options.DataFolder = folder.Sub("data");
        await using var kinesis = await LocalKinesis.StartAsync(options, _time);
        await kinesis.PutAsync("k", [0]);
        var latest = await kinesis.IteratorAsync(Shard, new { ShardIteratorType = "LATEST" });
        using var events = await kinesis.SubscribeAsync(await kinesis.RegisterAsync(), new { Type = "LATEST" });
        var pushed = events.NextAsync();
        var acknowledged = await PutInvertedAsync(kinesis, 2);
        Assert.Equal([0], await ReadAsync(kinesis));

        _time.Advance(TimeSpan.FromMilliseconds(400));
        var quick = await kinesis.PutAsync("k", [1]);
        Assert.Equal([1, 2], (await pushed)!.Values);
        await kinesis.PutAsync("k", [3]);

        Assert.True(string.CompareOrdinal((string)quick["SequenceNumber"]!, (string)acknowledged["SequenceNumber"]!) < 0);
        Assert.Equal([0, 1, 2, 3], await ReadAsync(kinesis));
        Assert.Equal([0, 1, 2, 3], (await kinesis.ReadAllAsync(Shard, limit: 1)).Select(Value));
        Assert.Equal([1, 2, 3], (await kinesis.CallAsync("GetRecords", new { ShardIterator = latest }))["Records"]!.AsArray().Select(record => Value(record!)));
        Assert.Equal(1, kinesis.Server.Counters.InjectedInversions);
        foreach (var (number, expected) in new[] { (quick, new[] { 2, 3 }), (acknowledged, [3]) })
        {
            var after = await kinesis.IteratorAsync(Shard, new { ShardIteratorType = "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber = (string)number["SequenceNumber"]! });
            Assert.Equal(expected, (await kinesis.CallAsync("GetRecords", new { ShardIterator = after }))["Records"]!.AsArray().Select(record => Value(record!)));
        }

        options.DataFolder = folder.CopyOf(folder.Sub("data"), "killed");
        await using var killed = await LocalKinesis.StartAsync(options, _time);
        Assert.Equal([0, 1, 2, 3], await ReadAsync(killed));
    }

    [Fact]
    public async Task An_inverted_put_that_none_follows_quickly_is_seen_after_half_a_second_and_order_on_demand_is_kept()
    {
        await using var kinesis = await LocalKinesis.StartAsync(LocalKinesis.Unlimited(), _time);
        await PutInvertedAsync(kinesis, 1);
        using var events = await kinesis.SubscribeAsync(await kinesis.RegisterAsync(), new { Type = "TRIM_HORIZON" });
        var pushed = events.NextAsync();
        Assert.Empty(await ReadAsync(kinesis));
        _time.Advance(TimeSpan.FromMilliseconds(501));
        Assert.Equal([1], (await pushed)!.Values);
        await kinesis.PutAsync("k", [2]);
        Assert.Equal([1, 2], await ReadAsync(kinesis));

        var acknowledged = (string)(await PutInvertedAsync(kinesis, 3))["SequenceNumber"]!;
        await kinesis.CallAsync("PutRecord", new { StreamName = "s", PartitionKey = "k", Data = new byte[] { 4 }, SequenceNumberForOrdering = acknowledged });
        Assert.Equal([1, 2, 3, 4], await ReadAsync(kinesis));
        Assert.Equal(0, kinesis.Server.Counters.InjectedInversions);

        await PutInvertedAsync(kinesis, 5);
        await kinesis.CallAsync("UpdateShardCount", new { StreamName = "s", TargetShardCount = 2, ScalingType = "UNIFORM_SCALING" });
        Assert.Equal([1, 2, 3, 4, 5], await ReadAsync(kinesis));
    }

    private static async Task<JsonObject> PutInvertedAsync(LocalKinesis kinesis, byte value)
    {
        kinesis.Server.SetFaults(new LocalKinesisFaults(1) { InvertPuts = 1 });
        var put = await kinesis.PutAsync("k", [value]);
        kinesis.Server.SetFaults(null);
        return put;
    }

    private static async Task<IEnumerable<int>> ReadAsync(LocalKinesis kinesis) => (await kinesis.ReadAllAsync(Shard)).Select(Value);

    private static int Value(JsonNode record) => Convert.FromBase64String((string)record["Data"]!)[0];
}
