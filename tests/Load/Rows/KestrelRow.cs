using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>The posts of the other rows, to a handler that only parses and answers.</summary>
internal sealed class KestrelRow() : Row("kestrel", "bare Kestrel: parses the same JSON, answers the same body")
{
    public const string Single = "kestrel/bare Kestrel, 1 × 100 B";
    public const string Batch = "kestrel/bare Kestrel, 500 × 200 B";
    public const string Paced = "kestrel/bare Kestrel, 1,000/s";

    private const double MicrosPerSecond = 1e6;

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await MeasureAsync("bare Kestrel, 1 × 100 B", SinglePostRow.Shape, SinglePostRow.Connections, rate: null);
        yield return await MeasureAsync("bare Kestrel, 500 × 200 B", BatchPostRow.Shape(KeyMode.Distinct), BatchPostRow.Connections, rate: null);
        yield return await MeasureAsync("bare Kestrel, 1,000/s", SinglePostRow.Shape, SinglePostRow.Connections, rate: 1_000);

        async Task<Line> MeasureAsync(string name, PostShape shape, int connections, double? rate)
        {
            await using var stage = new Stage();
            var kestrel = await stage.StartPeerAsync(cancellationToken, "kestrel", "--port", "0");
            var generator = await stage.StartGeneratorAsync(new([kestrel.Endpoint!], connections, Post: shape), cancellationToken);
            await generator.RunAsync(new(effort.WarmUpSeconds, rate, IsPoisson: true), cancellationToken);
            var before = kestrel.Usage();
            var load = await generator.RunAsync(new(effort.Seconds, rate, IsPoisson: true), cancellationToken);
            var cpu = (kestrel.Usage() - before).CpuSeconds;
            return new(Section.Bare, name, BatchPostRow.TermsOf(shape, connections, rate), new()
            {
                [Figure.RequestsPerSecond] = load.Requests / load.Seconds,
                [Figure.RecordsPerSecond] = load.Acknowledged / load.Seconds,
                [Figure.MicrosPerRecord] = cpu * MicrosPerSecond / load.Acknowledged,
                [Figure.RecordsPerCpuSecond] = load.Acknowledged / cpu,
                [Figure.P50] = load.Latency.P50,
                [Figure.P99] = load.Latency.P99,
            })
            {
                Problem = load.Failed > 0 ? $"{load.Failed} requests failed ({load.FirstFailure})" : null,
            };
        }
    }
}
