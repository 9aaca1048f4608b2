using DataProcessor.Aws.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Xunit;

namespace DataProcessor.Cluster;

/// <summary>A Kinesis of its own process, that takes its time and has no shards to spare.</summary>
public sealed class ReshardLatencyTests
{
    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refusals_for_the_moment_are_told_apart_and_a_repeated_call_gets_its_way()
    {
        var kinesis = new LocalKinesisOptions
        {
            Port = 0,
            ReshardLatency = Latency,
            ShardLimit = 3,
            Streams = new Dictionary<string, int> { [RunningProcess.Stream] = 2 },
        };
        await using var server = await LocalKinesisServer.StartAsync(kinesis, TimeProvider.System, NullLoggerFactory.Instance, Cancel);
        var folder = Directory.CreateTempSubdirectory("data-processor-");
        try
        {
            await using var process = await RunningProcess.StartAsync(folder.FullName, Cancel, "--kinesis-endpoint", server.Endpoint.ToString());
            using var foreigner = new ReshardForeigner(server.Endpoint, RunningProcess.Stream);
            var stream = process.Services.GetRequiredService<IGrainFactory>().GetGrain<IStreamGrain>(RunningProcess.Stream);
            var open = (await stream.GetMap()).Open;

            await foreigner.SplitAsync(open[0].Id, open[0].Range.Middle, Cancel);
            var busy = await stream.SplitShard(open[1].Id, open[1].Range.Middle);
            Assert.Equal(ReshardStatus.Busy, busy.Status);
            Assert.Contains("ResourceInUseException", busy.Reason, StringComparison.Ordinal);

            var full = await stream.SplitShard(open[1].Id, open[1].Range.Middle);
            Assert.Equal(ReshardStatus.LimitExceeded, full.Status);

            open = (await stream.GetMap()).Open;
            Assert.Equal(3, open.Length);
            var merged = await stream.MergeShards(open[0].Id, open[1].Id);
            Assert.Equal((ReshardStatus.Done, 1), (merged.Status, merged.Children.Length));
            var split = await stream.SplitShard(open[2].Id, open[2].Range.Middle);
            Assert.Equal((ReshardStatus.Done, 2), (split.Status, split.Children.Length));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
