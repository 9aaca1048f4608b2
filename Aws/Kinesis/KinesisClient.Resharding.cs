namespace DataProcessor.Aws.Kinesis;

// All of these begin a change: the stream is UPDATING until it is made, and refuses the next one with ResourceInUseException.
// After an error whose IsOutcomeUnknown is true, ListShards tells whether the change was made.
public sealed partial class KinesisClient
{
    /// <summary>Begins to split a shard in two.</summary>
    /// <param name="newStartingHashKey">Decimal; the first of the upper child's range.</param>
    public ValueTask SplitShardAsync(
        string streamName, string shardId, string newStartingHashKey, CancellationToken cancellationToken) => CallAsync(
            KinesisOperation.SplitShard,
            new SplitShardMessage(streamName, shardId, newStartingHashKey),
            WireJson.Default.SplitShardMessage,
            cancellationToken);

    /// <summary>Begins to merge two shards whose ranges touch.</summary>
    public ValueTask MergeShardsAsync(
        string streamName, string shardId, string adjacentShardId, CancellationToken cancellationToken) => CallAsync(
            KinesisOperation.MergeShards,
            new MergeShardsMessage(streamName, shardId, adjacentShardId),
            WireJson.Default.MergeShardsMessage,
            cancellationToken);

    /// <summary>
    /// Begins to bring a stream to a number of shards of equal ranges, by the service's own splits and merges: at most twice
    /// and at least half of what it has, 10 times in 24 hours.
    /// </summary>
    public ValueTask UpdateShardCountAsync(string streamName, int targetShardCount, CancellationToken cancellationToken) => CallAsync(
        KinesisOperation.UpdateShardCount,
        new UpdateShardCountMessage(streamName, targetShardCount, "UNIFORM_SCALING"),
        WireJson.Default.UpdateShardCountMessage,
        cancellationToken);
}
