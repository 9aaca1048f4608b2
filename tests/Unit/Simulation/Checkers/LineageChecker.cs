using DataProcessor.Grains.Leases;

namespace DataProcessor.Unit.Simulation.Checkers;

/// <summary>Invariant 5: a child shard starts only when its parents are processed to the end; then its lease is there.</summary>
internal static class LineageChecker
{
    public static IEnumerable<string> Judge(Evidence evidence)
    {
        var rows = new Dictionary<string, Lease>();
        var processed = new HashSet<Place>();
        foreach (var happening in evidence.Events)
        {
            switch (happening)
            {
                case LeaseWritten { IsMade: true, After: { } lease } write:
                    rows[write.Shard] = lease;
                    if (write.IsTake && evidence.Stream.Parents[write.Shard].FirstOrDefault(parent => !IsFinished(parent)) is { } early)
                    {
                        yield return $"{write}, before the end of {early}";
                    }

                    if (lease.Checkpoint == Checkpoint.ShardEnd && lease.Children.FirstOrDefault(child => !rows.ContainsKey(child)) is { } orphan)
                    {
                        yield return $"{write}, but {orphan} has no lease";
                    }

                    break;
                case Processed record when processed.Add(record.Place):
                    foreach (var parent in evidence.Stream.Parents[record.Place.Shard])
                    {
                        if (evidence.Stream.Shards[parent].FirstOrDefault(older => !processed.Contains(older.Place)) is { } missed)
                        {
                            yield return $"{record} before {missed} of its parent";
                        }
                    }

                    break;
            }
        }

        bool IsFinished(string shard) => rows.GetValueOrDefault(shard)?.Checkpoint == Checkpoint.ShardEnd;
    }
}
