using System.ComponentModel.DataAnnotations;

namespace DataProcessor.Grains.Producing;

/// <summary>How records are buffered, packed and sent. Names are KPL's where it has the option. Section <c>Producer</c> of the configuration.</summary>
public sealed class ProducerOptions
{
    /// <summary>Kinesis takes at most 500 records a PutRecords call.</summary>
    public const int MostRecordsACall = 500;

    /// <summary>Kinesis takes at most 10 MiB a PutRecords call, partition keys included.</summary>
    public const int MostBytesACall = 10 * 1024 * 1024;

    /// <summary>
    /// Longest wait of a record for company while records keep coming. Default 25 ms (KPL: 100 ms): about a PutRecords
    /// round trip; under load aggregates fill while the one before is on its way, so waiting longer only delays
    /// acknowledgements. When nothing came for a fifth of it, the record goes at once: a lone request pays 5 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RecordMaxBufferedTime { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// Longest life of an unsent record, from its put to its last attempt; a put may ask for less. Default 30 s, as KPL.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RecordTtl { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether records share Kinesis records. Default true. Off, for readers that cannot take aggregates apart, a
    /// shard's range is cut into 64 lanes, each with one record on its way, which keeps the order per key and still
    /// reaches the 1,000 records/s of a shard.
    /// </summary>
    public bool AggregationEnabled { get; set; } = true;

    /// <summary>
    /// Most bytes of an aggregate, partition key included. Default 262,144 (KPL: 51,200): a lane has one aggregate on
    /// its way, so it fills a shard's 1 MiB/s up to a round trip of 250 ms. Aggregates are closed when they are sent,
    /// so under a light load they stay small by themselves.
    /// </summary>
    [Range(64, 1024 * 1024)]
    public int AggregationMaxSize { get; set; } = 256 * 1024;

    /// <summary>
    /// Most user records of an aggregate. Default 10,000 (KPL: no limit): bounds what one lost acknowledgement repeats.
    /// </summary>
    [Range(1, 1_000_000)]
    public int AggregationMaxCount { get; set; } = 10_000;

    /// <summary>Most Kinesis records of a PutRecords call. Default 500, the service's limit.</summary>
    [Range(1, MostRecordsACall)]
    public int CollectionMaxCount { get; set; } = MostRecordsACall;

    /// <summary>
    /// Bytes at which a PutRecords call is full; a single larger record makes a call of its own. Default 1 MiB (KPL:
    /// 5 MiB): larger calls cost as much CPU a byte and only take longer.
    /// </summary>
    [Range(1024, MostBytesACall)]
    public int CollectionMaxSize { get; set; } = 1024 * 1024;

    /// <summary>PutRecords calls on their way per silo and stream. Default 4: 1 MiB each is over 80 MiB/s at 50 ms.</summary>
    [Range(1, 64)]
    public int MaxConnections { get; set; } = 4;

    /// <summary>
    /// Percent of a shard's limits (1 MiB/s, 1,000 records/s) to use. Default 100 (KPL: 150): a shard has one writer in
    /// the whole cluster. Less leaves room for writers outside of it.
    /// </summary>
    [Range(1, 100)]
    public int RateLimit { get; set; } = 100;

    /// <summary>
    /// Largest record, partition key included: the stream's own limit. Default 1 MiB, as Kinesis; larger ones are
    /// rejected without sending, because one of them would fail the whole PutRecords call.
    /// </summary>
    [Range(1024, 10 * 1024 * 1024)]
    public int MaxUserRecordSize { get; set; } = 1024 * 1024;

    /// <summary>
    /// Bytes of unsettled puts that one shard's producer holds; beyond, puts are answered Busy. Default 16 MiB: 16 s of
    /// a shard's capacity.
    /// </summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int BufferBytes { get; set; } = 16 * 1024 * 1024;
}
