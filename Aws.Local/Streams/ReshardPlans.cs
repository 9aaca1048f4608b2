namespace DataProcessor.Aws.Local.Streams;

/// <summary>The splits and merges that may be asked for; everything else is refused with the service's error.</summary>
internal static class ReshardPlans
{
    /// <summary>UpdateShardCount calls that a stream takes in <see cref="UpdateWindowMs"/>.</summary>
    private const int MaxUpdates = 10;
    private const long UpdateWindowMs = 24 * 3_600_000;

    /// <summary>SplitShard; the key must leave each child more than one hash key.</summary>
    public static IReadOnlyList<ReshardStep> Split(StreamInfo stream, string shardId, UInt128 key, string account)
    {
        var shard = OpenShard(stream, shardId, account);
        return key > shard.Range.Start && key - shard.Range.Start > 1 && key < shard.Range.End
            ? [ReshardStep.Split(shard.Index, key)]
            : throw ServiceErrors.InvalidArgument(
                $"NewStartingHashKey {key} used in SplitShard() on shard {shardId} in stream {stream.Name} under account {account} is not both "
                + $"greater than one plus the shard's StartingHashKey {shard.Range.Start} and less than the shard's EndingHashKey {shard.Range.End}.");
    }

    /// <summary>MergeShards, in either order.</summary>
    public static IReadOnlyList<ReshardStep> Merge(StreamInfo stream, string shardId, string adjacentId, string account)
    {
        var (shard, adjacent) = (OpenShard(stream, shardId, account), OpenShard(stream, adjacentId, account));
        return IsFollowedBy(shard, adjacent) || IsFollowedBy(adjacent, shard)
            ? [ReshardStep.Merge(shard.Index, adjacent.Index)]
            : throw ServiceErrors.InvalidArgument(
                $"Shards {shardId} and {adjacentId} in stream {stream.Name} under account {account} are not an adjacent pair of shards eligible for merging");
    }

    /// <summary>UpdateShardCount.</summary>
    public static IReadOnlyList<ReshardStep> Update(StreamInfo stream, int target)
    {
        var open = stream.OpenShardCount;
        if (target == open)
        {
            throw ServiceErrors.InvalidArgument(
                $"TargetShardCount {target} is the current open shard count of stream {stream.Name}; there is nothing to update.");
        }

        if (target > 2 * open)
        {
            throw ServiceErrors.LimitExceeded(
                "UpdateShardCount cannot scale up over double your current open shard count. "
                + $"Current open shard count: {open}, Target shard count: {target}");
        }

        return 2 * target >= open
            ? UniformPlan.Create(stream.Shards, target)
            : throw ServiceErrors.LimitExceeded(
                "UpdateShardCount cannot scale down below half your current open shard count. "
                + $"Current open shard count: {open}, Target shard count: {target}");
    }

    /// <summary>Remembers an UpdateShardCount; throws LimitExceededException for the 11th in 24 hours.</summary>
    public static StreamInfo CountUpdate(StreamInfo stream, long nowMs, bool enforceLimits)
    {
        var recent = (stream.ShardCountUpdatesMs ?? []).Where(at => at > nowMs - UpdateWindowMs).ToArray();
        return recent.Length < MaxUpdates || !enforceLimits
            ? stream with { ShardCountUpdatesMs = [.. recent.TakeLast(MaxUpdates - 1), nowMs] }
            : throw ServiceErrors.LimitExceeded(
                $"UpdateShardCount was called {MaxUpdates} times for stream {stream.Name} in the last 24 hours, which is the limit.");
    }

    private static bool IsFollowedBy(ShardInfo lower, ShardInfo upper) =>
        lower.Range.End != UInt128.MaxValue && lower.Range.End + 1 == upper.Range.Start;

    private static ShardInfo OpenShard(StreamInfo stream, string shardId, string account)
    {
        var shard = stream.Shards.FirstOrDefault(shard => string.Equals(shard.Id, shardId, StringComparison.Ordinal))
            ?? throw ServiceErrors.ShardNotFound(shardId, stream.Name, account);
        return shard.ClosedMs is null
            ? shard
            : throw ServiceErrors.InvalidArgument(
                $"Shard {shardId} in stream {stream.Name} under account {account} has already been merged or split, "
                + "and thus is not eligible for merging or splitting.");
    }
}
