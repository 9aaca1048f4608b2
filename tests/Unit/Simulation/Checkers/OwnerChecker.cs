namespace DataProcessor.Unit.Simulation.Checkers;

/// <summary>
/// Invariant 6: a row changes one write after the other, only by the reader that took it last, and a reader takes it before it
/// processes anything, never again. Whoever finds the row deleted may make it anew.
/// </summary>
internal static class OwnerChecker
{
    public static IEnumerable<string> Judge(Evidence evidence)
    {
        var holders = new Dictionary<string, string>();
        var working = new HashSet<string>();
        foreach (var happening in evidence.Events)
        {
            switch (happening)
            {
                case Processed record:
                    working.Add(record.Reader);
                    break;
                case LeaseWritten { IsMade: true, Before: null } create:
                    holders[create.Shard] = create.Writer;
                    break;
                case LeaseWritten { IsMade: true, Before: { } before } write:
                    if (write.After?.Counter != before.Counter + 1)
                    {
                        yield return $"{write}: another write is undone";
                    }

                    if (write.Kind == LeaseWriteKind.Take)
                    {
                        if (working.Contains(write.Writer))
                        {
                            yield return $"{write} in the middle of its work";
                        }

                        holders[write.Shard] = write.Writer;
                    }
                    else if (holders.GetValueOrDefault(write.Shard) is var holder && holder != write.Writer)
                    {
                        yield return $"{write}, which is {holder ?? "nobody"}'s";
                    }

                    break;
            }
        }
    }
}
