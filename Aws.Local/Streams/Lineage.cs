namespace DataProcessor.Aws.Local.Streams;

/// <summary>The last record of a shard that is being closed; counter 0 if it never had one.</summary>
internal readonly record struct ShardEnd(long LastCounter, long LastArrivalMs);

/// <summary>What steps of a reshard make of a stream's shards.</summary>
internal static class Lineage
{
    /// <param name="shards">Before, by index.</param>
    /// <param name="steps">Splits and merges of open shards.</param>
    /// <param name="nowMs">Closing time, moved up where records have arrived later.</param>
    /// <param name="endOf">The end of a shard that exists already, by its index.</param>
    public static IReadOnlyList<ShardInfo> Apply(
        IReadOnlyList<ShardInfo> shards, IReadOnlyList<ReshardStep> steps, long nowMs, Func<int, ShardEnd> endOf)
    {
        var all = new SortedDictionary<int, ShardInfo>(shards.ToDictionary(shard => shard.Index));
        var firstNew = shards[^1].Index + 1;
        var next = firstNew;
        foreach (var step in steps)
        {
            var (shard, other) = (all[step.Shard], step.MergeWith is { } with ? all[with] : null);
            var closedMs = Math.Max(ClosingTime(shard), other is null ? 0 : ClosingTime(other));
            foreach (var parent in other is null ? [shard] : (ShardInfo[])[shard, other])
            {
                all[parent.Index] = parent with { ClosedMs = closedMs, EndingCounter = End(parent).LastCounter + 1 };
            }

            foreach (var (range, adjacent) in Ranges(shard, step.SplitAt, other))
            {
                all.Add(next, new ShardInfo(next, range, shard.Index, adjacent, closedMs));
                next++;
            }
        }

        return [.. all.Values];

        // A shard made by an earlier step never had records.
        ShardEnd End(ShardInfo shard) => shard.Index < firstNew ? endOf(shard.Index) : new ShardEnd(0, shard.CreatedMs);

        // Above the last record's arrival, so that all numbers of the children are above all of the parent.
        long ClosingTime(ShardInfo shard) => Math.Max(nowMs, Math.Max(End(shard).LastArrivalMs, shard.CreatedMs) + 1);
    }

    /// <summary>The shards that came out of it; none while it is open.</summary>
    public static IEnumerable<ShardInfo> ChildrenOf(StreamInfo stream, int index) =>
        stream.Shards.Where(shard => shard.Parent == index || shard.AdjacentParent == index);

    private static (HashRange Range, int? AdjacentParent)[] Ranges(ShardInfo shard, UInt128? splitAt, ShardInfo? other)
    {
        if (other is not null)
        {
            var range = new HashRange(UInt128.Min(shard.Range.Start, other.Range.Start), UInt128.Max(shard.Range.End, other.Range.End));
            return [(range, other.Index)];
        }

        var at = splitAt!.Value;
        return [(new HashRange(shard.Range.Start, at - 1), null), (new HashRange(at, shard.Range.End), null)];
    }
}
