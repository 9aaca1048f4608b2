using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>A peer reads what is put at a constant rate; the server counts what it was given.</summary>
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

    /// <summary>How far the peer's own count may be from the server's: what is under way when it is stopped.</summary>
    private const double Tolerance = 0.1;

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var size in dataBytes)
        {
            await using var stage = new Stage();
            var kinesis = await stage.StartKinesisAsync(ConsumeRow.Shards, enforceLimits: false, cancellationToken);
            var generator = await stage.StartGeneratorAsync(ConsumeRow.PlanFor(kinesis, size), cancellationToken);
            var peer = await stage.StartPeerAsync(
                cancellationToken, Name, "--endpoint", kinesis.Endpoint.ToString(), "--stream", KinesisProcess.Stream, "--from", "TRIM_HORIZON");
            await generator.RunAsync(new(effort.WarmUpSeconds, callsPerSecond), cancellationToken);
            var (counts, usage, began) = (await kinesis.CountAsync(cancellationToken), peer.Usage(), TimeProvider.System.GetTimestamp());
            await generator.RunAsync(new(effort.Seconds, callsPerSecond), cancellationToken);
            var cpu = (peer.Usage() - usage).CpuSeconds;
            var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            var total = await kinesis.CountAsync(cancellationToken);
            var records = (total - counts).RecordsDelivered * generator.RecordsPerRequest;
            var counted = await peer.StopAsync(cancellationToken);
            yield return new(Section.Bare, $"{title}, {size} B", ConsumeRow.TermsOf(transport), new()
            {
                [Figure.RecordsPerSecond] = records / seconds,
                [Figure.MicrosPerRecord] = cpu * MicrosPerSecond / records,
                [Figure.RecordsPerCpuSecond] = records / cpu,
            })
            {
                Problem = ProblemOf(counted, total.RecordsDelivered * generator.RecordsPerRequest),
            };
        }
    }

    private static string? ProblemOf(long counted, double delivered) =>
        delivered == 0 ? "it was given no record"
        : Math.Abs(counted - delivered) > Tolerance * delivered ? $"it counts {counted} records of {delivered:F0} that it was given"
        : null;
}
