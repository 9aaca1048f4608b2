using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>A peer reads what is put at a constant rate, and must have read all of it in the end.</summary>
/// <param name="name">Of the peer.</param>
/// <param name="title">For people.</param>
/// <param name="transport">How the records come to it.</param>
/// <param name="dataBytes">Sizes of the user records, a line each.</param>
/// <param name="callsPerSecond">Of puts, one aggregate each.</param>
internal sealed class ConsumerPeerRow(string name, string title, string transport, int[] dataBytes, double callsPerSecond)
    : Row(name, $"{title} as the consumer")
{
    public const string Reader100 = "reader/bare reader, 100 B";
    public const string Reader200 = "reader/bare reader, 200 B";

    private const double MicrosPerSecond = 1e6;

    /// <summary>A peer that uses less than this is waiting for records; more than a second, as some look once a second.</summary>
    private const double QuietCores = 0.05;
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1.2);

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var size in dataBytes)
        {
            await using var stage = new Stage();
            var kinesis = await stage.StartKinesisAsync(ConsumeRow.Shards, enforceLimits: false, cancellationToken);
            var generator = await stage.StartGeneratorAsync(ConsumeRow.PlanFor(kinesis, size), cancellationToken);
            var peer = await stage.StartPeerAsync(
                cancellationToken, Name, "--endpoint", kinesis.Endpoint.ToString(), "--stream", KinesisProcess.Stream, "--from", "TRIM_HORIZON");
            var before = await generator.RunAsync(new(effort.WarmUpSeconds, callsPerSecond), cancellationToken);
            await UntilQuietAsync(peer, cancellationToken);
            var (usage, began) = (peer.Usage(), TimeProvider.System.GetTimestamp());
            var load = await generator.RunAsync(new(effort.Seconds, callsPerSecond), cancellationToken);
            await UntilQuietAsync(peer, cancellationToken);
            var cpu = (peer.Usage() - usage).CpuSeconds;
            var seconds = TimeProvider.System.GetElapsedTime(began) - CheckInterval;
            var counted = await peer.StopAsync(cancellationToken);
            yield return new(Section.Bare, $"{title}, {size} B", ConsumeRow.TermsOf(transport), new()
            {
                [Figure.RecordsPerSecond] = load.Acknowledged / seconds.TotalSeconds,
                [Figure.MicrosPerRecord] = cpu * MicrosPerSecond / load.Acknowledged,
                [Figure.RecordsPerCpuSecond] = load.Acknowledged / cpu,
            })
            {
                Problem = counted == before.Acknowledged + load.Acknowledged ? null
                    : $"it counts {counted} records of {before.Acknowledged + load.Acknowledged}",
            };
        }
    }

    /// <summary>Until it has nothing left to do: it says what it has read only at its end.</summary>
    private static async Task UntilQuietAsync(PeerProcess peer, CancellationToken cancellationToken)
    {
        var last = peer.Usage().CpuSeconds;
        await SystemUnderLoad.WaitAsync(
            async () =>
            {
                await Task.Delay(CheckInterval, TimeProvider.System, cancellationToken);
                var used = peer.Usage().CpuSeconds - last;
                last += used;
                return used < QuietCores * CheckInterval.TotalSeconds;
            },
            "The peer is still busy",
            cancellationToken);
    }
}
