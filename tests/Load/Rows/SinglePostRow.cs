using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Host;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>One record a request, as the sample's clients send them.</summary>
internal sealed class SinglePostRow() : Row("post", "single-record POST, durable: 100 B, 256 connections")
{
    public const int Connections = 256;
    public static readonly PostShape Shape = new(RecordsPerRequest: 1, DataBytes: 100, KeyMode.None);

    private const int Shards = 16;

    public override IReadOnlyList<string> Needs => ["kestrel", "kinesis", "reader"];

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        var system = await SystemUnderLoad.StartAsync(stage, new(Shards, EnforceLimits: false, HostCommand.Verify), cancellationToken);
        foreach (var keys in new[] { KeyMode.None, KeyMode.Distinct })
        {
            // The records of both generators are numbered from 0: what is unordered is checked by sums, which add up.
            await using var generator = await GeneratorProcess.StartAsync(
                new(system.Gateways, Connections, Post: Shape with { Keys = keys }), cancellationToken);
            await system.MeasureAsync(generator, new(effort.WarmUpSeconds), cancellationToken);
            var interval = await system.MeasureAsync(generator, new(effort.Seconds), cancellationToken);
            var terms = BatchPostRow.TermsOf(Shape with { Keys = keys }, Connections, rate: null) with { Silos = 1, Shards = Shards, Aggregate = Terms.OurAggregate, Limits = false };
            var name = $"1 × 100 B, {terms.Cells[0]}";
            var line = $"{Name}/{name}";
            yield return new(Section.Intake, name, terms, interval.FiguresPer(interval.Load.Acknowledged))
            {
                Problem = interval.Problem,
                Derivations =
                [
                    .. Derivation.OfFloor(line, Figure.MicrosPerRecord, KestrelRow.Single, KinesisRow.Put100, ConsumerPeerRow.Reader100),
                    new(Figure.OfBareKestrel, median => median(KestrelRow.Single, Figure.MicrosPerRecord) / median(line, Figure.MicrosPerRecord)),
                ],
            };
        }
    }
}
