using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>Puts to the embedded Kinesis without the product; the generator's own CPU is the bare put.</summary>
internal sealed class KinesisRow() : Row("kinesis", "puts to the embedded Kinesis alone, and what a bare put costs its client")
{
    public const string Put100 = "kinesis/bare put, 100 B";
    public const string Put200 = "kinesis/bare put, 200 B";
    public const string OneRecord = "kinesis/1 record a call";

    private const int Shards = 16;
    private const int AggregateBytes = 250 * 1024;
    private const int AggregatesPerCall = 4;

    /// <summary>Some 1 MB each: 52 MB/s.</summary>
    private const double CallsPerSecond = 52;

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        var kinesis = await stage.StartKinesisAsync(Shards, enforceLimits: false, cancellationToken);
        foreach (var size in new[] { 100, 200 })
        {
            var interval = await MeasureAsync(Aggregates(size), connections: 8, CallsPerSecond);
            yield return Alone($"{size} B, 52 calls of 1 MB/s", $"open loop, {CallsPerSecond} calls/s", "250 KiB", interval);
            yield return new(Section.Bare, $"bare put, {size} B", TermsOf("HTTP/1.1", "250 KiB"), interval.ClientFigures) { Problem = interval.Problem };
        }

        yield return Alone("200 B, as fast as it goes", "8 connections", "250 KiB", await MeasureAsync(Aggregates(200), connections: 8, rate: null));
        yield return Alone("500 × 200 B a call", "8 connections", null, await MeasureAsync(Single(500), connections: 8, rate: null));
        yield return Alone("1 record a call", "open loop, 1,000 calls/s", null, await MeasureAsync(Single(1), connections: 32, rate: 1_000));

        async Task<ClientInterval> MeasureAsync(PutShape shape, int connections, double? rate)
        {
            var plan = new LoadPlan([kinesis.Endpoint], connections, Put: shape);
            await using var generator = await GeneratorProcess.StartAsync(plan, cancellationToken);
            await generator.RunAsync(new(effort.WarmUpSeconds, rate), cancellationToken);
            return await ClientInterval.MeasureAsync(kinesis, generator, new(effort.Seconds, rate), cancellationToken);
        }
    }

    private static PutShape Aggregates(int dataBytes) =>
        new(KinesisProcess.Stream, AggregatesPerCall, AggregateBytes, dataBytes, KeyMode.None);

    private static PutShape Single(int records) => new(KinesisProcess.Stream, records, AggregateBytes: 0, DataBytes: 200, KeyMode.Distinct);

    private static Line Alone(string name, string load, string? aggregate, ClientInterval interval) => new(
        Section.Kinesis, name, TermsOf(load, aggregate) with { Keys = aggregate is null ? KeyMode.Distinct : KeyMode.None }, interval.Figures)
    {
        Problem = interval.Problem,
    };

    private static Terms TermsOf(string transport, string? aggregate) =>
        new(KeyMode.None, "CBOR", transport, Shards: Shards, Aggregate: aggregate, Limits: false);
}
