namespace DataProcessor.Unit.Simulation.Checkers;

/// <summary>Invariant 5: a child shard starts only when its parents are processed to the end; then its lease is there.</summary>
internal static class LineageChecker
{
    public static IEnumerable<string> Judge(Evidence evidence)
    {
        var (leased, finished) = (new HashSet<string>(), new HashSet<string>());
        var processed = new HashSet<Place>();
        foreach (var happening in evidence.Events)
        {
            switch (happening)
            {
                case LeaseWritten { IsMade: true, After: { } lease } write:
                    leased.Add(write.Shard);
                    if (write.Kind == LeaseWriteKind.Take && !finished.IsSupersetOf(evidence.Stream.Parents[write.Shard]))
                    {
                        yield return $"{write}, before the end of its parents";
                    }

                    if (lease.IsFinished)
                    {
                        finished.Add(write.Shard);
                        if (lease.Children.FirstOrDefault(child => !leased.Contains(child)) is { } orphan)
                        {
                            yield return $"{write}, but {orphan} has no lease";
                        }
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
    }
}
