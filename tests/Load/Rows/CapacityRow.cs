using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Host;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>More is offered than the shards take, for long enough to fill every buffer.</summary>
internal sealed class CapacityRow() : Row("capacity", "use of the shards' capacity and throttles at 150 % offered load")
{
    private const int Shards = 5;
    private const double BytesPerSecond = Shards * 1024.0 * 1024;
    private const double Offered = 1.5;

    /// <summary>More requests than the system holds at once before it refuses one.</summary>
    private const int Connections = 1024;

    private const double Percent = 100;

    private static readonly PostShape Shape = BatchPostRow.Shape(KeyMode.Distinct);

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        var system = await SystemUnderLoad.StartAsync(stage, new(Shards, EnforceLimits: true, HostCommand.Verify), cancellationToken);
        var generator = await stage.StartGeneratorAsync(new(system.Gateways, Connections, Post: Shape), cancellationToken);
        var rate = Offered * BytesPerSecond / (Shape.RecordsPerRequest * Shape.DataBytes);

        // Over the limit from the start, so that the buckets of the limits are empty; the window lies inside the load.
        var load = generator.RunAsync(new(effort.WarmUpSeconds + effort.CapacitySeconds, rate, IsPoisson: true), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(effort.WarmUpSeconds), TimeProvider.System, cancellationToken);
        var before = await system.SnapshotAsync(generator, reset: false, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(effort.CapacitySeconds), TimeProvider.System, cancellationToken);
        var after = await system.SnapshotAsync(generator, reset: false, cancellationToken);
        var interval = new Interval(before, after, await load);
        var figures = interval.FiguresPer(interval.Load.Acknowledged);
        figures[Figure.RecordsPerSecond] = (after.Reports[0].Records - before.Reports[0].Records) / interval.Seconds;
        figures[Figure.Partial] = interval.Load.Partial;
        figures[Figure.OfferedPercent] = Offered * Percent;
        figures[Figure.CapacityPercent] = interval.Counts.BytesStored / interval.Seconds / BytesPerSecond * Percent;
        var terms = BatchPostRow.TermsOf(Shape, Connections, rate) with { Silos = 1, Shards = Shards, Aggregate = Terms.OurAggregate, Limits = true };
        yield return new(Section.Capacity, "150 % offered", terms, figures)
        {
            Problem = await system.CheckAsync(interval.Load, partialAllowed: true, cancellationToken),
        };
    }
}
