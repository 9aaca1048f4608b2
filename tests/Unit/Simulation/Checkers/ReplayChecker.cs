namespace DataProcessor.Unit.Simulation.Checkers;

/// <summary>
/// A reader hands over its shard's records one by one in their order, beginning after the checkpoint of the lease that it
/// took. What comes again comes from the first record that its processor had not declared handled.
/// </summary>
internal static class ReplayChecker
{
    public static IEnumerable<string> Judge(Evidence evidence)
    {
        // By reader: how many of the shard's records it has handed over, and how many are handled.
        var readers = new Dictionary<string, (int HandedOver, int Handled)>();
        foreach (var happening in evidence.Events)
        {
            switch (happening)
            {
                case LeaseWritten { IsMade: true, After: { } lease } take when IsTake(take, readers.ContainsKey):
                    var start = evidence.CountThrough(take.Shard, lease.Checkpoint.Position);
                    readers[take.Writer] = (start, start);
                    break;
                case Completed completed:
                    var handled = evidence.CountThrough(completed.Through.Shard, completed.Through.Position);
                    readers[completed.Reader] = (readers[completed.Reader].HandedOver, handled);
                    break;
                case Processed record:
                    var index = evidence.CountThrough(record.Place.Shard, record.Place.Position) - 1;
                    if (!readers.TryGetValue(record.Reader, out var reader))
                    {
                        yield return $"{record} without a lease";
                    }
                    else if (index != reader.HandedOver && index != reader.Handled)
                    {
                        yield return $"{record}: number {index} of its shard, after {reader.HandedOver} handed over and {reader.Handled} handled";
                    }

                    readers[record.Reader] = (index + 1, reader.Handled);
                    break;
            }
        }
    }

    /// <summary>A reader that finds its row deleted makes it anew: at the beginning that is its take, later it is none.</summary>
    private static bool IsTake(LeaseWritten write, Predicate<string> hasTaken) => write.Kind switch
    {
        LeaseWriteKind.Take => true,
        LeaseWriteKind.Create => write.After?.Owner is not null && !hasTaken(write.Writer),
        _ => false,
    };
}
