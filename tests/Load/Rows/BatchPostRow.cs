using System.Globalization;
using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Host;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>Many records a request: what collectors of logs send.</summary>
internal sealed class BatchPostRow() : Row("batch", "batch POST, NDJSON 500 × 200 B: keyless, 100 keys, distinct keys")
{
    public const int Connections = 16;
    private const int Shards = 16;

    /// <summary>Bare costs of a record of a batch.</summary>
    public static readonly string[] Floor = [KestrelRow.Batch, KinesisRow.Put200, ConsumerPeerRow.Reader200];

    public override IReadOnlyList<string> Needs => ["kestrel", "kinesis", "reader"];

    public static PostShape Shape(KeyMode keys) => new(RecordsPerRequest: 500, DataBytes: 200, keys);

    public static Terms TermsOf(PostShape shape, int connections, double? rate) => new(
        shape.Keys,
        shape.RecordsPerRequest == 1 ? "JSON" : "NDJSON",
        rate is { } perSecond
            ? string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1, open loop, {perSecond:N0}/s, ≤ {connections} connections")
            : $"HTTP/1.1, {connections} connections");

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        var system = await SystemUnderLoad.StartAsync(stage, new(Shards, EnforceLimits: false, HostCommand.Verify), cancellationToken);
        foreach (var keys in new[] { KeyMode.None, KeyMode.Hundred, KeyMode.Distinct })
        {
            await using var generator = await GeneratorProcess.StartAsync(new(system.Gateways, Connections, Post: Shape(keys)), cancellationToken);
            await system.MeasureAsync(generator, new(effort.WarmUpSeconds), cancellationToken);
            var interval = await system.MeasureAsync(generator, new(effort.Seconds), cancellationToken);
            var terms = TermsOf(Shape(keys), Connections, rate: null) with { Silos = 1, Shards = Shards, Aggregate = Terms.OurAggregate, Limits = false };
            var name = $"500 × 200 B, {terms.Cells[0]}";
            var line = $"{Name}/{name}";
            yield return new(Section.Intake, name, terms, interval.FiguresPer(interval.Load.Acknowledged))
            {
                Problem = interval.Problem,
                Derivations =
                [
                    .. Derivation.OfFloor(line, Figure.MicrosPerRecord, Floor),
                    new(Figure.OfBareKestrel, median => median(KestrelRow.Batch, Figure.MicrosPerRecord) / median(line, Figure.MicrosPerRecord)),
                ],
            };
        }
    }
}
