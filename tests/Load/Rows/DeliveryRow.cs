using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Host;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>The whole way: from when a post was due to the processor that has its record.</summary>
internal sealed class DeliveryRow() : Row("delivery", "from POST to the processor at 1,000/s")
{
    private const int Shards = 5;
    private const double Rate = 1_000;
    private const int Connections = 256;

    public override IReadOnlyList<string> Needs => ["kestrel", "kinesis"];

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        var system = await SystemUnderLoad.StartAsync(stage, new(Shards, EnforceLimits: true, HostCommand.Time), cancellationToken);
        var generator = await stage.StartGeneratorAsync(new(system.Gateways, Connections, Post: SinglePostRow.Shape), cancellationToken);
        await system.MeasureAsync(generator, new(effort.WarmUpSeconds, Rate, IsPoisson: true), cancellationToken);
        var interval = await system.MeasureAsync(generator, new(effort.Seconds, Rate, IsPoisson: true), cancellationToken);
        var figures = interval.FiguresPer(interval.Load.Acknowledged);
        figures[Figure.P50] = interval.Delivery.P50;
        figures[Figure.P99] = interval.Delivery.P99;
        figures[Figure.Samples] = interval.Delivery.Samples;
        const string Line = "POST to processor, 1,000/s";
        var terms = BatchPostRow.TermsOf(SinglePostRow.Shape, Connections, Rate) with { Silos = 1, Shards = Shards, Aggregate = Terms.OurAggregate, Limits = true };
        yield return new(Section.Latency, Line, terms, figures)
        {
            Problem = interval.Problem,
            Derivations = Derivation.OfFloor($"{Name}/{Line}", Figure.P50, KestrelRow.Paced, KinesisRow.OneRecord),
        };
    }
}
