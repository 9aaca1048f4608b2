namespace DataProcessor.Aws.Kinesis;

/// <summary>What a subscription pushes; without records every 5 s or so when there are none.</summary>
/// <param name="Records">Ascending.</param>
/// <param name="ContinuationSequenceNumber">
/// Decimal; the next subscription starts after it. Also an event without records moves it on. Null at the end of a closed shard.
/// </param>
/// <param name="MillisBehindLatest">Distance of the event's end to the shard's tip.</param>
/// <param name="ChildShards">With the end of a closed shard: who goes on. Empty otherwise.</param>
public sealed record SubscriptionEvent(
    KinesisRecord[] Records,
    string? ContinuationSequenceNumber,
    long MillisBehindLatest,
    ChildShard[] ChildShards);
