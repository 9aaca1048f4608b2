using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DataProcessor.Grains.Reading;

/// <summary>
/// Metrics of reading, by OpenTelemetry's messaging conventions where they have a name
/// (opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics).
/// </summary>
internal sealed class ReaderInstruments(IMeterFactory meters)
{
    public const string MeterName = "DataProcessor.Reader";

    private readonly Instruments _instruments = new(meters.Create(MeterName));

    /// <summary>The instruments, tagged for one shard.</summary>
    public ShardInstruments For(string application, string streamName, string shardId) => new(
        _instruments,
        new TagList
        {
            { "messaging.system", "aws.kinesis" },
            { "messaging.destination.name", streamName },
            { "messaging.destination.partition.id", shardId },
            { "messaging.consumer.group.name", application },
        });

    internal sealed class Instruments(Meter meter)
    {
        public Counter<long> Consumed { get; } = meter.CreateCounter<long>(
            "messaging.client.consumed.messages", "{message}", "User records handed to the processor and handled.");

        public Histogram<double> ProcessDuration { get; } = meter.CreateHistogram<double>(
            "messaging.process.duration", "s", "Time that the processor took for a batch.");

        public Histogram<double> OperationDuration { get; } = meter.CreateHistogram<double>(
            "messaging.client.operation.duration", "s", "Time that a call to Kinesis took.");

        public Gauge<long> Lag { get; } = meter.CreateGauge<long>(
            "dataprocessor.reader.lag", "ms", "Distance of the last read to the shard's tip.");

        public Counter<long> OutOfRange { get; } = meter.CreateCounter<long>(
            "dataprocessor.reader.out_of_range", "{message}",
            "User records dropped because they belong to another shard; their producer sends them again.");

        public Counter<long> Duplicates { get; } = meter.CreateCounter<long>(
            "dataprocessor.reader.duplicates", "{message}", "User records dropped because the checkpoint was past them.");

        public Counter<long> LostPositions { get; } = meter.CreateCounter<long>(
            "dataprocessor.reader.lost_positions", "{event}",
            "Checkpoints that the stream no longer keeps: records after them may be lost.");

        public Counter<long> Checkpoints { get; } = meter.CreateCounter<long>(
            "dataprocessor.reader.checkpoints", "{write}", "Writes to leases, by outcome.");

        public Counter<long> Subscribes { get; } = meter.CreateCounter<long>(
            "dataprocessor.reader.subscribes", "{call}", "SubscribeToShard calls, by outcome.");

        public Counter<long> SubscriptionEnds { get; } = meter.CreateCounter<long>(
            "dataprocessor.reader.subscription_ends", "{subscription}", "Subscriptions that ended, by reason.");

        public Counter<long> BridgedPages { get; } = meter.CreateCounter<long>(
            "dataprocessor.reader.bridged_pages", "{page}",
            "Pages read by GetRecords because a subscription was not to be had yet.");

        public Counter<long> Fallbacks { get; } = meter.CreateCounter<long>(
            "dataprocessor.reader.fallbacks", "{event}", "Times that a stream had no room for the consumer, and was polled.");
    }
}
