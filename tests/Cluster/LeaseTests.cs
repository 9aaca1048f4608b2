using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DataProcessor.Cluster;

/// <summary>What happens to leases from outside of a cluster: rows are deleted, another cluster takes them, resharding before a start.</summary>
public sealed class LeaseTests : WithExternalKinesis
{
    private const string Application = "DataProcessorConsumer";

    [Fact]
    public async Task Deleted_leases_come_back_where_their_readers_are_and_nothing_is_lost_or_comes_twice()
    {
        await using var process = await StartAsync();
        await PostAsync(process, 0, 100);
        await process.Processed.WaitForAsync(100, Cancel);
        var (leases, stream) = (new LeaseTable(process.Services.GetRequiredService<IConditionalStore>(), Application), await StreamAsync(process));
        var before = await leases.ListAsync(stream, Cancel);
        foreach (var lease in before)
        {
            await DeleteAsync(leases, stream, lease.ShardId);
        }

        Time.Shift(TimeSpan.FromMinutes(3)); // The leases are to be looked at now.
        await UntilAsync(async () => (await leases.ListAsync(stream, Cancel)).Count(lease => lease.Owner is not null) == before.Count);
        await PostAsync(process, 100, 100);
        await process.Processed.WaitForAsync(200, Cancel);

        Assert.Equal(Numbers(200), process.Processed.All.Select(record => record.Data).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_clusters_that_take_the_leases_from_each_other_lose_nothing_and_no_checkpoint_goes_back()
    {
        // Two activations of every shard: the second process does not join the first, and works with the same store and stream.
        await using var first = await StartAsync("--Reader:CheckpointInterval=00:00:00.200");
        await PostAsync(first, 0, 100);
        await first.Processed.WaitForAsync(100, Cancel);
        var (leases, stream) = (new LeaseTable(first.Services.GetRequiredService<IConditionalStore>(), Application), await StreamAsync(first));
        var (last, changes) = ((await leases.ListAsync(stream, Cancel)).ToDictionary(lease => lease.ShardId), 0);
        await using (var second = await StartAsync("--Reader:CheckpointInterval=00:00:00.200"))
        {
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            for (var next = 100; next < 600; next += 20)
            {
                await PostAsync(first, next, 20);
                await pace.WaitForNextTickAsync(Cancel);
                foreach (var lease in await leases.ListAsync(stream, Cancel))
                {
                    Assert.True(lease.Checkpoint >= last[lease.ShardId].Checkpoint, $"{last[lease.ShardId]} became {lease}.");
                    changes += lease.Owner != last[lease.ShardId].Owner ? 1 : 0;
                    last[lease.ShardId] = lease;
                }
            }

            await UntilAsync(() => Task.FromResult(first.Processed.All.Concat(second.Processed.All).DistinctBy(record => record.Data).Count() == 600));
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{changes} changes of owner; {first.Processed.All.Count} records handled by the one, {second.Processed.All.Count} by the other, of 600");
            Assert.True(changes > 5 && second.Processed.All.Count > 0, "They did not fight.");
        }
    }

    [Fact]
    public async Task From_latest_the_shards_that_ended_before_the_start_are_not_read()
    {
        await using (var someone = await StartAsync("--application-name", "someone-else"))
        {
            await PostAsync(someone, 0, 100);
            var stream = someone.Services.GetRequiredService<IGrainFactory>().GetGrain<IStreamGrain>(RunningProcess.Stream);
            var shard = (await stream.GetMap()).Open[0];
            Assert.Equal(ReshardStatus.Done, (await stream.SplitShard(shard.Id, shard.Range.Middle)).Status);
        }

        await using var process = await StartAsync("--Reader:InitialPosition=Latest");
        await UntilAsync(async () => (await StatesAsync(process)).Count(state => state == "Reading") == 6);
        Assert.Equal(1, (await StatesAsync(process)).Count(state => state == "NotRead"));
    }

    private static async Task PostAsync(RunningProcess process, int first, int count)
    {
        var records = Enumerable.Range(first, count).Select(i => new { data = Text(i), partitionKey = Text(i) });
        using var response = await process.Gateway.PostAsJsonAsync("/", records, Cancel);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<StreamIdentity> StreamAsync(RunningProcess process) =>
        (await process.Services.GetRequiredService<IGrainFactory>().GetGrain<IStreamGrain>(RunningProcess.Stream).GetMap()).Stream;

    private static async Task<string[]> StatesAsync(RunningProcess process) =>
        [.. (await process.StreamAsync(Cancel))["shards"]!.AsArray().Select(shard => (string)((JsonObject)shard!)["state"]!)];

    /// <summary>As somebody with the AWS console does, whatever its owner is writing.</summary>
    private static async Task DeleteAsync(LeaseTable leases, StreamIdentity stream, string shardId)
    {
        while (!await leases.DeleteAsync((await leases.FindAsync(stream, shardId, Cancel))!, Cancel))
        {
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!await condition())
        {
            await pause.WaitForNextTickAsync(Cancel);
        }
    }

    private static string[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(Text)];

    private static string Text(int number) => number.ToString("d5", CultureInfo.InvariantCulture);
}
