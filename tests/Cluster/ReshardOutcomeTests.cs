using DataProcessor.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Xunit;

namespace DataProcessor.Cluster;

public sealed class ReshardOutcomeTests(ProcessFixture fixture) : IClassFixture<ProcessFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IStreamGrain Stream => fixture.Process.Services.GetRequiredService<IGrainFactory>().GetGrain<IStreamGrain>(RunningProcess.Stream);

    [Fact]
    public async Task What_is_done_is_answered_as_done_and_what_cannot_be_done_as_refused()
    {
        var open = (await Stream.GetMap()).Open;
        var (first, middle) = (open[0], open[0].Range.Middle);

        var split = await Stream.SplitShard(first.Id, middle);
        Assert.Equal(ReshardStatus.Done, split.Status);
        Assert.Equal([first.Range.Start, middle], split.Children.Select(child => child.Range.Start));
        Assert.Equivalent(split, await Stream.SplitShard(first.Id, middle));
        await AssertRefused(Stream.SplitShard(first.Id, new(middle.Value + 1)), "is closed");
        await AssertRefused(Stream.SplitShard("shardId-000000009999", middle), "has no shard");
        await AssertRefused(Stream.SplitShard(split.Children[1].Id, middle), "cannot be split");
        await AssertRefused(Stream.MergeShards(split.Children[0].Id, open[2].Id), "do not touch");

        var merge = await Stream.MergeShards(split.Children[1].Id, split.Children[0].Id);
        Assert.Equal(first.Range, Assert.Single(merge.Children).Range);
        Assert.Equivalent(merge, await Stream.MergeShards(split.Children[0].Id, split.Children[1].Id));
    }

    [Fact]
    public async Task Of_two_at_once_one_is_told_to_come_again()
    {
        var open = (await Stream.GetMap()).Open;
        var results = await Task.WhenAll(
            Stream.SplitShard(open[^1].Id, open[^1].Range.Middle), Stream.SplitShard(open[^2].Id, open[^2].Range.Middle));

        Assert.Contains(results, result => result.Status == ReshardStatus.Done);
        Assert.All(results, result => Assert.Contains(result.Status, (ReshardStatus[])[ReshardStatus.Done, ReshardStatus.Busy]));
    }

    [Fact]
    public async Task An_aggregate_of_others_with_keys_of_all_shards_arrives_record_by_record_once()
    {
        SentRecord[] records = [.. Enumerable.Range(0, 40).Select(i => new SentRecord($"agg-{i}", $"{i}"))];
        var map = await Stream.GetMap();
        Assert.Equal(map.Open.Length, records.Select(record => map.IndexOf(HashKey.FromPartitionKey(record.Key))).Distinct().Count());
        using var foreigner = new ReshardForeigner(fixture.Process.Services.GetRequiredService<EmbeddedKinesis>().Endpoint, RunningProcess.Stream);

        await foreigner.PutAsync(records[0].Key, KclRecord.Aggregate(records), Cancel);

        await fixture.Process.Processed.WaitForAsync(records.Length, Cancel);
        Assert.Equal(
            records.Select(record => record.Data),
            fixture.Process.Processed.All.Where(record => record.PartitionKey.StartsWith("agg-", StringComparison.Ordinal)).Select(record => record.Data));
    }

    private static async Task AssertRefused(Task<ReshardResult> call, string reason)
    {
        var result = await call;
        Assert.Equal(ReshardStatus.Refused, result.Status);
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
    }
}
