namespace DataProcessor.Aws.Local.Streams;

/// <summary>
/// UpdateShardCount's UNIFORM_SCALING as the service does it, by splits and merges: first every shard is split where a new
/// range begins inside it, then the pieces of each new range are merged. Doubling and halving need no short-lived shards.
/// </summary>
internal static class UniformPlan
{
    public static IReadOnlyList<ReshardStep> Create(IReadOnlyList<ShardInfo> shards, int target)
    {
        var open = shards.Where(shard => shard.ClosedMs is null).OrderBy(shard => shard.Range.Start).ToArray();
        var starts = Starts(open, target);
        var next = shards[^1].Index + 1;
        var steps = new List<ReshardStep>();
        var pieces = Split(open, starts, steps, ref next);
        Merge(pieces, starts, steps, next);
        return steps;
    }

    /// <summary>Where the new ranges begin: a boundary that is there but for the rounding of its fraction stays.</summary>
    private static UInt128[] Starts(ShardInfo[] open, int target)
    {
        // Uniform ranges are rounded down, so the same fraction by another count is off by less than the counts.
        var tolerance = (UInt128)(target + open.Length);
        var existing = open.Select(shard => shard.Range.Start).ToArray();
        return [.. HashRange.Uniform(target).Select(range => Nearest(existing, range.Start, tolerance) ?? range.Start)];
    }

    private static UInt128? Nearest(UInt128[] sorted, UInt128 value, UInt128 tolerance)
    {
        var found = Array.BinarySearch(sorted, value);
        var above = found >= 0 ? found : ~found;
        return above < sorted.Length && sorted[above] - value <= tolerance ? sorted[above]
            : above > 0 && value - sorted[above - 1] <= tolerance ? sorted[above - 1]
            : null;
    }

    private static List<(int Index, UInt128 Start)> Split(ShardInfo[] open, UInt128[] starts, List<ReshardStep> steps, ref int next)
    {
        var pieces = new List<(int Index, UInt128 Start)>();
        var start = 0;
        foreach (var shard in open)
        {
            var rest = (shard.Index, shard.Range.Start);
            for (; start < starts.Length && starts[start] <= shard.Range.End; start++)
            {
                if (starts[start] > shard.Range.Start)
                {
                    steps.Add(ReshardStep.Split(rest.Index, starts[start]));
                    pieces.Add((next, rest.Start));
                    rest = (next + 1, starts[start]);
                    next += 2;
                }
            }

            pieces.Add(rest);
        }

        return pieces;
    }

    private static void Merge(List<(int Index, UInt128 Start)> pieces, UInt128[] starts, List<ReshardStep> steps, int next)
    {
        var start = 0;
        var whole = pieces[0].Index;
        foreach (var (index, from) in pieces.Skip(1))
        {
            if (start + 1 < starts.Length && from == starts[start + 1])
            {
                start++;
                whole = index;
            }
            else
            {
                steps.Add(ReshardStep.Merge(whole, index));
                whole = next++;
            }
        }
    }
}
