using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Host;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>Reading alone: the records come from elsewhere.</summary>
internal sealed class ConsumeRow() : Row("consume", "consume 200 B records by a processor that does nothing")
{
    public const int Shards = 5;
    private const int AggregateBytes = 51_200;

    /// <summary>Some 240 user records each: 200,000 records/s.</summary>
    public const double CallsPerSecond = 840;

    public override IReadOnlyList<string> Needs => ["reader"];

    /// <summary>Aggregates of KPL's size, one a call, to all shards in turn.</summary>
    public static LoadPlan PlanFor(KinesisProcess kinesis, int dataBytes, KeyMode keys = KeyMode.None) => new(
        [kinesis.Endpoint], Connections: 16, Put: new(KinesisProcess.Stream, KinesisRecordsPerCall: 1, AggregateBytes, dataBytes, keys));

    public static Terms TermsOf(string transport) =>
        new(KeyMode.None, "CBOR", transport, Shards: Shards, Aggregate: "50 KiB", Limits: false);

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        var system = await SystemUnderLoad.StartAsync(stage, new(Shards, EnforceLimits: false, HostCommand.NoOp), cancellationToken);
        foreach (var keys in new[] { KeyMode.None, KeyMode.Distinct })
        {
            await using var generator = await GeneratorProcess.StartAsync(PlanFor(system.Kinesis, dataBytes: 200, keys), cancellationToken);
            await system.MeasureAsync(generator, new(effort.WarmUpSeconds, CallsPerSecond), cancellationToken);
            var interval = await system.MeasureAsync(generator, new(effort.Seconds, CallsPerSecond), cancellationToken);
            var terms = TermsOf("SubscribeToShard, HTTP/1.1") with { Keys = keys, Silos = 1 };
            var name = $"consume 200 B, {terms.Cells[0]}";
            yield return new(Section.Consume, name, terms, interval.FiguresPer(interval.Load.Acknowledged))
            {
                Problem = interval.Problem,
                Derivations = Derivation.OfFloor($"{Name}/{name}", Figure.MicrosPerRecord, ConsumerPeerRow.Reader200),
            };
        }
    }
}
