namespace DataProcessor.Grains.Topology;

/// <summary>A split or a merge that is asked for.</summary>
/// <param name="Parents">The shard to split, or the two to merge.</param>
/// <param name="Border">First hash key of a split's upper child; null for a merge.</param>
internal sealed record ReshardPlan(string[] Parents, HashKey? Border)
{
    public static ReshardPlan Split(string shardId, HashKey at) => new([shardId], at);

    public static ReshardPlan Merge(string shardId, string adjacentShardId) => new([shardId, adjacentShardId], Border: null);

    /// <summary>The shards that came out of it, by ascending range; empty while it is not done.</summary>
    public Shard[] ChildrenIn(ShardMap map)
    {
        var children = map.Shards
            .Where(shard => shard.Parents.ToHashSet().SetEquals(Parents))
            .OrderBy(shard => shard.Range.Start)
            .ToArray();
        var isAsPlanned = Border is { } border
            ? children.Length == 2 && children[1].Range.Start == border
            : children.Length == 1;
        return isAsPlanned ? children : [];
    }

    /// <summary>Why the service would refuse it; null if nothing speaks against it.</summary>
    public string? ReasonAgainst(ShardMap map)
    {
        foreach (var id in Parents)
        {
            if (Array.Find(map.Shards, shard => shard.Id == id) is not { } shard)
            {
                return $"Stream {map.Stream.Name} has no shard {id}.";
            }

            if (!shard.IsOpen)
            {
                var children = map.Shards.Where(child => child.Parents.Contains(id)).Select(child => child.Id);
                return $"{id} is closed; {string.Join(", ", children)} came after it.";
            }
        }

        return Border is { } border
            ? ReasonAgainstSplit(map.Find(Parents[0]).Range, border)
            : ReasonAgainstMerge(map.Find(Parents[0]).Range, map.Find(Parents[1]).Range);
    }

    private string? ReasonAgainstSplit(HashKeyRange range, HashKey border) => range.Start < border && border <= range.End
        ? null
        : $"{Parents[0]} owns {range.Start} to {range.End} and cannot be split at {border}.";

    private string? ReasonAgainstMerge(HashKeyRange one, HashKeyRange other)
    {
        var (lower, upper) = one.Start < other.Start ? (one, other) : (other, one);
        return Parents[0] != Parents[1] && lower.End.Value + 1 == upper.Start.Value
            ? null
            : $"{Parents[0]} and {Parents[1]} do not touch.";
    }
}
