namespace DataProcessor.Grains.Processing;

/// <summary>In what order the shards of a stream are read: children after their parents (invariant 5).</summary>
internal static class ReadingOrder
{
    /// <summary>Whether the shard's parents are done with. One that the service no longer lists is past its retention and cannot be read.</summary>
    /// <param name="map">What the service lists.</param>
    /// <param name="shard">One of the map's.</param>
    /// <param name="isFinished">Whether a shard is processed to its end.</param>
    public static bool MayBegin(ShardMap map, Shard shard, Predicate<string> isFinished) =>
        Array.TrueForAll(shard.Parents, parent => isFinished(parent) || !Array.Exists(map.Shards, listed => listed.Id == parent));

    /// <summary>Whether the map is older than the end of one of its shards: the service may list the children a moment after it.</summary>
    public static bool LacksChildren(ShardMap map, Predicate<string> isFinished) =>
        Array.Exists(map.Open, shard => isFinished(shard.Id));
}
