using System.Diagnostics;
using System.Diagnostics.Metrics;
using DataProcessor.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Xunit;

namespace DataProcessor.Cluster;

/// <summary>Splits and merges in the middle of traffic, checked by our reader and by KCL's rule.</summary>
public sealed class ReshardTests
{
    private const int Seed = 4;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Announced_splits_and_merges_misroute_lose_and_repeat_nothing() => await RunAsync(async world =>
    {
        var stream = world.Process.Services.GetRequiredService<IGrainFactory>().GetGrain<IStreamGrain>(RunningProcess.Stream);
        var (splits, merges) = await world.ReshardAsync(50, async choice =>
        {
            ReshardResult result;
            do
            {
                // UnderWay: the shards could not be told at that moment; whoever asks again learns what became of it.
                result = await (choice.At is { } at ? stream.SplitShard(choice.ShardId, at) : stream.MergeShards(choice.ShardId, choice.Adjacent!));
            }
            while (result.Status == ReshardStatus.UnderWay);

            Assert.True(result.Status == ReshardStatus.Done, $"{result.Status}: {result.Reason}");
        });

        var kcl = await world.CheckAsync();
        Print($"announced: {splits} splits and {merges} merges amid {world.Traffic.Acknowledged.Count} acknowledged records, {world.Process.Processed.All.Count} processed; misrouted {world.Counters.Misrouted}, out of range {world.Counters.OutOfRange}, dropped by KCL's rule {kcl}");
        Assert.True(splits > 5 && merges > 5);
        Assert.Equal((0, 0, 0), (world.Counters.Misrouted, world.Counters.OutOfRange, kcl));
    });

    [Fact]
    public async Task Resharding_by_others_loses_and_repeats_nothing() => await RunAsync(async world =>
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(700));
        var (splits, merges) = await world.ReshardAsync(14, async choice =>
        {
            await (choice.At is { } at
                ? world.Foreigner.SplitAsync(choice.ShardId, at, Cancel)
                : world.Foreigner.MergeAsync(choice.ShardId, choice.Adjacent!, Cancel));
            await pause.WaitForNextTickAsync(Cancel);
        });

        var kcl = await world.CheckAsync();
        Print($"unannounced: {splits} splits and {merges} merges amid {world.Traffic.Acknowledged.Count} acknowledged records, {world.Process.Processed.All.Count} processed; misrouted {world.Counters.Misrouted}, out of range {world.Counters.OutOfRange}, dropped by KCL's rule {kcl}");
        Assert.True(kcl > 0, "No aggregate met a split: the test has shown nothing.");
        Assert.True(world.Counters.Misrouted > 0);
    });

    private static void Print(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private static async Task RunAsync(Func<World, Task> test)
    {
        var folder = Directory.CreateTempSubdirectory("data-processor-");
        try
        {
            await using var process = await RunningProcess.StartAsync(folder.FullName, Cancel);
            using var world = new World(process);
            await test(world);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <param name="ShardId">The shard to split or to merge.</param>
    /// <param name="At">Where to split; null for a merge.</param>
    /// <param name="Adjacent">What to merge it with.</param>
    private sealed record Choice(string ShardId, HashKey? At, string? Adjacent);

    private sealed class World(RunningProcess process) : IDisposable
    {
        private readonly Random _random = new(Seed);

        public RunningProcess Process => process;

        public ReshardCounters Counters { get; } = new(process.Services.GetRequiredService<IMeterFactory>());

        public ReshardTraffic Traffic { get; } = new(process.Gateway);

        public ReshardForeigner Foreigner { get; } = new(process.Services.GetRequiredService<EmbeddedKinesis>().Endpoint, RunningProcess.Stream);

        public void Dispose()
        {
            Counters.Dispose();
            Foreigner.Dispose();
        }

        /// <summary>Reshards under traffic, as often as asked or as the time allows.</summary>
        public async Task<(int Splits, int Merges)> ReshardAsync(int times, Func<Choice, Task> reshard)
        {
            var (splits, merges) = (0, 0);
            using var stop = new CancellationTokenSource();
            var traffic = Traffic.RunAsync(stop.Token);
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < times && Stopwatch.GetElapsedTime(began) < Longest; i++)
            {
                var acknowledged = Traffic.Acknowledged.Count;
                ForeignShard[] open = [.. (await Foreigner.ListAsync(Cancel)).Where(shard => shard.IsOpen).OrderBy(shard => shard.Range.Start)];
                var choice = Choose(open);
                await reshard(choice);
                (splits, merges) = choice.At is null ? (splits, merges + 1) : (splits + 1, merges);
                await Traffic.PassAsync(acknowledged + 200, Cancel);
            }

            await stop.CancelAsync();
            await traffic;
            return (splits, merges);
        }

        /// <summary>Waits until all is processed, and holds it against the promises.</summary>
        /// <returns>Aggregates that KCL's rule drops.</returns>
        public async Task<int> CheckAsync()
        {
            Assert.Empty(Traffic.Failures);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            patience.CancelAfter(TimeSpan.FromSeconds(60));
            var acknowledged = Traffic.Acknowledged;
            await process.Processed.WaitForAsync(acknowledged.Count, patience.Token);

            var shards = await Foreigner.ListAsync(Cancel);
            Assert.Empty(ReshardChecker.Check(acknowledged, process.Processed.All, shards.ToDictionary(shard => shard.Id, shard => shard.Parents)).Take(10));

            var kcl = (await Task.WhenAll(shards.Select(shard => Foreigner.ReadAsync(shard, Cancel)))).SelectMany(records => records).ToArray();
            var delivered = kcl.SelectMany(record => record.Delivered).CountBy(record => record).ToDictionary();
            Assert.Empty(acknowledged.Where(record => delivered.GetValueOrDefault(record) != 1).Take(10));
            return kcl.Count(record => record.IsMisrouted);
        }

        /// <summary>A split at a random key, or a merge of two neighbours; from 3 to 9 open shards.</summary>
        private Choice Choose(ForeignShard[] open)
        {
            var index = _random.Next(open.Length - 1);
            var (shard, next) = (open[index], open[index + 1]);
            if (open.Length > 3 && (open.Length >= 9 || _random.Next(2) == 0))
            {
                return new(shard.Id, At: null, next.Id);
            }

            var width = shard.Range.End.Value - shard.Range.Start.Value;
            return new(shard.Id, new(shard.Range.Start.Value + (width / 100 * (uint)_random.Next(20, 80)) + 1), Adjacent: null);
        }
    }
}
