using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace DataProcessor.Grains.Producing;

/// <summary>
/// How records are buffered, packed and sent. Names are KPL's where it has the option; docs/producer.md compares the
/// defaults. Section <c>Producer</c> of the configuration.
/// </summary>
public sealed class ProducerOptions : IValidatableObject
{
    /// <summary>Kinesis takes at most 500 records a PutRecords call.</summary>
    public const int MostRecordsACall = 500;

    /// <summary>Kinesis takes at most 10 MiB a PutRecords call, partition keys included, and as much in one record.</summary>
    public const int MostBytesACall = 10 * 1024 * 1024;

    /// <summary>
    /// Longest wait of a record for company in its aggregate and call. Default 60 ms (KPL: 100 ms): at 5,000 records/s
    /// 300 of them share a call. How much of it is waited follows the silo's arrival rate, see <see cref="Departures"/>:
    /// a lone record goes at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RecordMaxBufferedTime { get; set; } = TimeSpan.FromMilliseconds(60);

    /// <summary>
    /// Longest life of an unsent record, from its put to its last attempt; a put may ask for less. Default 30 s, as KPL.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RecordTtl { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How the order per key is kept. Default <see cref="Ordering.Arrival"/>; KPL keeps none.</summary>
    [EnumDataType(typeof(Ordering))]
    public Ordering Ordering { get; set; } = Ordering.Arrival;

    /// <summary>
    /// Whether records share Kinesis records. Default true. Off, for readers that cannot take aggregates apart, a
    /// shard's range is cut into 64 lanes, each with one record on its way, which keeps the order per key and still
    /// reaches the 1,000 records/s of a shard.
    /// </summary>
    public bool AggregationEnabled { get; set; } = true;

    /// <summary>
    /// Most bytes of an aggregate, partition key included. Default null, automatic (KPL: 51,200): an aggregate of 51,200
    /// bytes waits for no more company, and while the one before is on its way it grows on, up to the stream's largest
    /// record; so one lane fills a shard at any round trip. Larger values than the stream's largest record count as that.
    /// </summary>
    [Range(64, MostBytesACall)]
    public int? AggregationMaxSize { get; set; }

    /// <summary>
    /// Most user records of an aggregate. Default 10,000 (KPL: no limit): bounds what one lost acknowledgement repeats.
    /// </summary>
    [Range(1, 1_000_000)]
    public int AggregationMaxCount { get; set; } = 10_000;

    /// <summary>Most Kinesis records of a PutRecords call. Default 500, the service's limit.</summary>
    [Range(1, MostRecordsACall)]
    public int CollectionMaxCount { get; set; } = MostRecordsACall;

    /// <summary>
    /// Bytes at which a PutRecords call is full; a single larger record makes a call of its own. Default 10 MiB, the
    /// service's limit (KPL: 5 MiB).
    /// </summary>
    [Range(1024, MostBytesACall)]
    public int CollectionMaxSize { get; set; } = MostBytesACall;

    /// <summary>Calls on their way per silo and stream. Default 24, as KPL.</summary>
    [Range(1, 1024)]
    public int MaxConnections { get; set; } = 24;

    /// <summary>
    /// Percent of a shard's limits (1 MiB/s, 1,000 records/s) to use. Default 100 (KPL: 150): a shard has one writer in
    /// the whole cluster, and more than 100 can only be throttled. Less leaves room for writers outside of it.
    /// </summary>
    [Range(1, 100)]
    public int RateLimit { get; set; } = 100;

    /// <summary>
    /// Largest record, partition key included. Default null: what the stream takes, 1 MiB unless it was told otherwise
    /// (KPL: 1 MiB). Larger ones are rejected without sending, because one of them would fail the whole call.
    /// </summary>
    [Range(1024, MostBytesACall)]
    public int? MaxUserRecordSize { get; set; }

    /// <summary>
    /// Bytes of unsettled puts that one shard's producer holds; beyond, puts are answered Busy. Default 16 MiB: 16 s of
    /// a shard's capacity. KPL has no limit.
    /// </summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int BufferBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// The same for all producers of a silo. Default 256 MiB. A shard may hold half of what is free, so that a hot one
    /// never takes the room of the others.
    /// </summary>
    [Range(64 * 1024, 64L * 1024 * 1024 * 1024)]
    public long SiloBufferBytes { get; set; } = 256 * 1024 * 1024;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (RecordMaxBufferedTime >= RecordTtl)
        {
            yield return new(
                $"{nameof(RecordMaxBufferedTime)} {RecordMaxBufferedTime} must be shorter than {nameof(RecordTtl)} {RecordTtl}: records would expire while they wait.");
        }

        if (SiloBufferBytes < BufferBytes)
        {
            yield return new($"{nameof(SiloBufferBytes)} {SiloBufferBytes} must hold at least one shard's {nameof(BufferBytes)} {BufferBytes}.");
        }
    }
}

[OptionsValidator]
internal sealed partial class ProducerOptionsValidator : IValidateOptions<ProducerOptions>;
