using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DataProcessor.Grains.Producing;

/// <summary>
/// Metrics of the producers and senders of a silo, by OpenTelemetry's messaging conventions where they have a name;
/// the table in README.md gives KPL's names for them.
/// </summary>
internal sealed class ProducerInstruments
{
    public const string MeterName = "DataProcessor.Producer";

    public ProducerInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        Received = meter.CreateCounter<long>(
            "dataprocessor.producer.records.received", "{record}", "User records taken into a producer's buffer.");
        Sent = meter.CreateCounter<long>(
            "messaging.client.sent.messages", "{message}", "User records settled; error.type names what went wrong.");
        KinesisRecords = meter.CreateCounter<long>(
            "dataprocessor.producer.kinesis.records", "{record}", "Kinesis records stored.");
        KinesisBytes = meter.CreateCounter<long>(
            "dataprocessor.producer.kinesis.size", "By", "Bytes of the Kinesis records stored, partition keys included.");
        Throttled = meter.CreateCounter<long>(
            "dataprocessor.producer.throttled", "{record}", "Kinesis records refused because the shard was over its limit.");
        Retries = meter.CreateCounter<long>(
            "dataprocessor.producer.retries", "{record}", "Kinesis records that will be sent again.");
        Unanswered = meter.CreateCounter<long>(
            "dataprocessor.producer.unanswered", "{record}", "Attempts whose outcome is unknown; a repetition may be a duplicate.");
        Misrouted = meter.CreateCounter<long>(
            "dataprocessor.producer.misrouted", "{record}", "Aggregates that landed on another shard and are sent again.");
        Inversions = meter.CreateCounter<long>(
            "dataprocessor.producer.inversions", "{record}", "Kinesis records stored before the lane's previous one.");
        CallDuration = meter.CreateHistogram<double>(
            "messaging.client.operation.duration", "s", "Duration of PutRecords and PutRecord calls.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 6] });
        RecordsPerCall = meter.CreateHistogram<int>(
            "dataprocessor.producer.call.records", "{record}", "Kinesis records of a call.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500] });
        UserRecordsPerCall = meter.CreateHistogram<int>(
            "dataprocessor.producer.call.user_records", "{record}", "User records of a call.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000] });
    }

    public Counter<long> Received { get; }

    public Counter<long> Sent { get; }

    public Counter<long> KinesisRecords { get; }

    public Counter<long> KinesisBytes { get; }

    public Counter<long> Throttled { get; }

    public Counter<long> Retries { get; }

    public Counter<long> Unanswered { get; }

    public Counter<long> Misrouted { get; }

    public Counter<long> Inversions { get; }

    public Histogram<double> CallDuration { get; }

    public Histogram<int> RecordsPerCall { get; }

    public Histogram<int> UserRecordsPerCall { get; }

    public ProducerMeter For(string stream, string shardId) => new(this, Tags(stream, shardId));

    public void OnCall(string stream, string operation, int records, int userRecords, TimeSpan duration, string? error)
    {
        var tags = Tags(stream, null);
        tags.Add("messaging.operation.name", operation);
        tags.Add("messaging.operation.type", "send");
        RecordsPerCall.Record(records, tags);
        UserRecordsPerCall.Record(userRecords, tags);
        if (error is not null)
        {
            tags.Add("error.type", error);
        }

        CallDuration.Record(duration.TotalSeconds, tags);
    }

    private static TagList Tags(string stream, string? shardId)
    {
        var tags = new TagList { { "messaging.system", "aws.kinesis" }, { "messaging.destination.name", stream } };
        if (shardId is not null)
        {
            tags.Add("messaging.destination.partition.id", shardId);
        }

        return tags;
    }
}
