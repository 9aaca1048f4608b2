namespace DataProcessor.Aws.Kinesis;

/// <summary>A record as GetRecords or SubscribeToShard delivers it: views over the one buffer of its page or event.</summary>
/// <param name="SequenceNumber">Decimal.</param>
/// <param name="PartitionKey">UTF-8.</param>
/// <param name="Data">The record's bytes.</param>
/// <param name="ArrivalTime">ApproximateArrivalTimestamp, in ms.</param>
public readonly record struct KinesisRecord(
    string SequenceNumber,
    ReadOnlyMemory<byte> PartitionKey,
    ReadOnlyMemory<byte> Data,
    DateTimeOffset ArrivalTime);

/// <summary>A page of a shard.</summary>
/// <param name="Records">Ascending; may be empty while the iterator still advances.</param>
/// <param name="NextShardIterator">Null at the end of a closed shard.</param>
/// <param name="MillisBehindLatest">Distance of the page's end to the shard's tip.</param>
/// <param name="ChildShards">With the end of a closed shard: who goes on.</param>
public sealed record GetRecordsPage(
    KinesisRecord[] Records,
    string? NextShardIterator,
    long MillisBehindLatest,
    ChildShard[] ChildShards);
