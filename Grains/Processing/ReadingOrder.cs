using DataProcessor.Grains.Leases;

namespace DataProcessor.Grains.Processing;

/// <summary>Which shards of a stream are read, and in what order: those with a lease, children after their parents (invariant 5).</summary>
internal static class ReadingOrder
{
    /// <param name="map">What the service lists.</param>
    /// <param name="shard">One of the map's.</param>
    /// <param name="coverage">The application's leases.</param>
    /// <param name="stateOf">What is known of a shard's reader; null if nothing.</param>
    /// <returns>Why the shard is not to be read, or not yet; null if it is.</returns>
    public static ShardState? WithoutReader(ShardMap map, Shard shard, LeaseCoverage coverage, Func<string, ShardState?> stateOf)
    {
        if (coverage.IsFinished(shard.Id))
        {
            return ShardState.Finished;
        }

        // A parent that the service no longer lists is past its retention and cannot be read.
        var waits = Array.Exists(shard.Parents, parent =>
            stateOf(parent) is not (ShardState.Finished or ShardState.NotRead) && Array.Exists(map.Shards, listed => listed.Id == parent));
        return waits ? ShardState.WaitingForParents : coverage.IsLeased(shard) ? null : ShardState.NotRead;
    }

    /// <summary>Whether the map is older than the end of one of its shards: the service may list the children a moment after it.</summary>
    public static bool LacksChildren(ShardMap map, Func<string, ShardState?> stateOf) =>
        Array.Exists(map.Open, shard => stateOf(shard.Id) == ShardState.Finished);
}
