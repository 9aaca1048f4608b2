using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Host;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>The same load on more shards, or on more silos.</summary>
/// <param name="name">Of the row.</param>
/// <param name="states">What varies.</param>
/// <param name="sizes">Of the clusters that are measured, smallest first.</param>
internal sealed class ScaleRow(string name, string states, Func<Effort, ScaleRow.Size[]> sizes) : Row(name, states)
{
    private const int Connections = 32;

    /// <summary>Of 500 records: 20,000 records/s.</summary>
    private const double RequestsPerSecond = 40;

    private static readonly PostShape Shape = BatchPostRow.Shape(KeyMode.Distinct);

    public override IReadOnlyList<string> Needs => ["kestrel", "kinesis", "reader"];

    public static ScaleRow ByShards => new(
        "shards", "CPU per record from 5 to 500 shards", effort => [new(5, 1), new(50, 1), new(effort.MostShards, 1)]);

    public static ScaleRow BySilos => new(
        "silos", "CPU per record from 1 to 4 silos", _ => [new(16, 1), new(16, 2), new(16, 4)]);

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var size in sizes(effort).Distinct())
        {
            await using var stage = new Stage();
            var system = await SystemUnderLoad.StartAsync(
                stage, new(size.Shards, EnforceLimits: false, HostCommand.Verify, size.Silos), cancellationToken);
            var generator = await stage.StartGeneratorAsync(new(system.Gateways, Connections, Post: Shape), cancellationToken);
            await system.MeasureAsync(generator, new(effort.WarmUpSeconds, RequestsPerSecond), cancellationToken);
            var interval = await system.MeasureAsync(generator, new(effort.Seconds, RequestsPerSecond), cancellationToken);
            var terms = BatchPostRow.TermsOf(Shape, Connections, RequestsPerSecond) with
            {
                Silos = size.Silos,
                Shards = size.Shards,
                Aggregate = Terms.OurAggregate,
                Limits = false,
            };
            var line = $"{size.Shards} shards, {size.Silos} silo{(size.Silos > 1 ? "s" : "")}";
            yield return new(Section.Scale, line, terms, interval.FiguresPer(interval.Load.Acknowledged))
            {
                Problem = interval.Problem,
                Derivations = Derivation.OfFloor($"{Name}/{line}", Figure.MicrosPerRecord, BatchPostRow.Floor),
            };
        }
    }

    internal readonly record struct Size(int Shards, int Silos);
}
