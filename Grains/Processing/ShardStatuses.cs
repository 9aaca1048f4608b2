namespace DataProcessor.Grains.Processing;

internal static class ShardStatuses
{
    /// <summary>Status of a shard that nobody reads at the moment.</summary>
    public static ShardStatus Idle(string shardId, ShardState state) =>
        new(shardId, state, Silo: null, Position: null, Checkpoint: null, MillisBehindLatest: null, 0, 0, 0, LastError: null);
}
