using System.Text.Json;
using Orleans.Runtime;
using Xunit;

namespace DataProcessor.Unit.Gateway;

/// <summary>What a client sees when shards are full, move, split or fail.</summary>
public class PutOverHttpTests
{
    private static readonly string TwoShards = Batch(("low", UInt128.Zero), ("high", UInt128.MaxValue));

    [Fact]
    public async Task A_request_for_full_shards_is_refused_as_a_whole_with_the_producers_wish()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        Shard(gateway, 0).ThenPut(PutResponse.Busy(TimeSpan.FromSeconds(2.5)));
        Shard(gateway, 1).ThenPut(PutResponse.Busy(TimeSpan.FromSeconds(2.5)));

        var answer = await gateway.PostAsync(TwoShards);

        Assert.Equal((429, "Busy"), (answer.Status, answer.Code));
        Assert.Equal(TimeSpan.FromSeconds(3), answer.Headers.RetryAfter?.Delta);
        Assert.Empty(gateway.Cluster.Stored);
    }

    [Fact]
    public async Task A_full_shard_is_waited_for_when_another_one_has_taken_its_part()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        Shard(gateway, 0).ThenPut(PutResponse.Busy(TimeSpan.FromMilliseconds(10)));

        var answer = await gateway.PostAsync(TwoShards);

        Assert.Equal(200, answer.Status);
        Assert.Equal(2, Shard(gateway, 0).Puts.Count);
    }

    [Fact]
    public async Task A_shards_share_of_the_buffers_bounds_what_is_put_to_it()
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options =>
            (options.InFlightBytes, options.MaxBodyBytes) = (4 * 1024 * 1024, 1024 * 1024));
        var held = new TaskCompletionSource<PutResponse>();
        var taken = new TaskCompletionSource();
        Shard(gateway, 0).PutScript.Enqueue(_ =>
        {
            taken.SetResult();
            return held.Task;
        });
        var large = Batch((new string('x', 600_000), UInt128.Zero));
        var first = gateway.PostAsync(large);
        await taken.Task;

        var second = await gateway.PostAsync(large);
        var other = await gateway.PostAsync(Batch(("y", UInt128.MaxValue)));
        held.SetResult(PutResponse.Settled([new(0, 1, PutOutcome.Stored, "shardId-000000000000", new("1"), 0, 1, null, null)]));

        Assert.Equal((429, "Busy"), (second.Status, second.Code));
        Assert.Equal(200, other.Status);
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await gateway.PostAsync(large)).Status);
    }

    [Fact]
    public async Task Records_of_a_shard_that_split_follow_the_new_map_in_order()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1);
        var parent = Shard(gateway, 0);
        await gateway.PostAsync("""{"data":"before"}""");
        gateway.Cluster.Map = Maps.Of(2, [UInt128.Zero, UInt128.One << 127], firstId: 1);
        var count = 0;
        parent.PutScript.Enqueue(request => Task.FromResult(PutResponse.Settled([
            new(0, 3, PutOutcome.Stored, parent.ShardId, new("9"), 0, 1, null, null),
            new(3, (count = request.Count) - 3, PutOutcome.Moved, null, default, 0, 0, null, null),
        ])));

        // More than one chunk of the parent: what was never sent must come after what came back.
        var answer = await gateway.PostAsync(Batch([.. Enumerable.Range(0, 300).Select(i => ($"{i:D500}", i % 2 == 0 ? UInt128.Zero : UInt128.MaxValue))]));

        Assert.Equal(200, answer.Status);
        Assert.InRange(count, 4, 299);
        Assert.Equal(2, parent.Puts.Count);
        Assert.Equal(
            Enumerable.Range(3, 297).GroupBy(i => i % 2).OrderBy(group => group.Key).Select(group => group.ToArray()),
            [Numbers(gateway, 1), Numbers(gateway, 2)]);
    }

    [Fact]
    public async Task Records_of_a_producer_that_moves_are_put_to_it_again_by_the_same_map()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1);
        Shard(gateway, 0).ThenPut(PutResponse.Moved);
        Shard(gateway, 0).ThenPut(PutResponse.Moved);

        var answer = await gateway.PostAsync("""{"data":"x"}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal(3, Shard(gateway, 0).Puts.Count);
        Assert.Single(gateway.Cluster.Stored);
    }

    [Fact]
    public async Task A_fault_of_one_shard_leaves_the_outcomes_of_the_others_alone()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        Shard(gateway, 1).ThenPutFails(new InvalidOperationException("a bug"));

        var answer = await gateway.PostAsync(TwoShards);

        Assert.Equal(207, answer.Status);
        var failure = Assert.Single(answer.Json.GetProperty("failures").EnumerateArray());
        Assert.Equal("OutcomeUnknown", failure.GetProperty("errorCode").GetString());
        Assert.Equal(503, failure.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task An_outage_until_the_records_expire_is_told_by_what_is_known()
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options => options.RecordTtl = TimeSpan.FromSeconds(1));
        Shard(gateway, 0).ThenPutFails(new TimeoutException());
        Shard(gateway, 0).AwaitScript.Enqueue(async _ =>
        {
            // The activation that held the put is gone, and by then the records have expired.
            await Task.Delay(TimeSpan.FromSeconds(1.1), TimeProvider.System, TestContext.Current.CancellationToken);
            return PutResponse.Unknown;
        });
        Shard(gateway, 1).ThenPut(PutResponse.Settled(
            [new(0, 1, PutOutcome.NotWritten, null, default, 0, 3, "ProvisionedThroughputExceededException", "Rate exceeded.")]));

        var answer = await gateway.PostAsync(TwoShards);

        Assert.Equal((503, "BatchFailed"), (answer.Status, answer.Code));
        Assert.Equal(
            ["OutcomeUnknown", "NotWritten"],
            answer.Json.GetProperty("failures").EnumerateArray().Select(failure => failure.GetProperty("errorCode").GetString()!));
    }

    private static MemoryProducer Shard(LoopbackGateway gateway, int number) => gateway.Cluster.Producer($"shardId-{number:D12}");

    private static int[] Numbers(LoopbackGateway gateway, int shard) =>
        [.. Shard(gateway, shard).Stored.Select(record => int.Parse(record.Data, null))];

    private static string Batch(params (string Data, UInt128 HashKey)[] records) => JsonSerializer.Serialize(
        records.Select(record => new { data = record.Data, explicitHashKey = $"{record.HashKey}" }));
}
