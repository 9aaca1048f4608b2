namespace DataProcessor.Unit.Simulation.Checkers;

/// <summary>
/// Invariant 4: the records of a key, which its producer numbers and sends one after the other, are first processed in that
/// order, over all shards.
/// </summary>
internal static class KeyOrderChecker
{
    public static IEnumerable<string> Judge(Evidence evidence)
    {
        var next = new Dictionary<string, int>();
        foreach (var record in evidence.Of<Processed>())
        {
            var expected = next.GetValueOrDefault(record.Key);
            if (record.Number > expected)
            {
                yield return $"{expected} of key {record.Key} was not processed before {record}";
            }

            next[record.Key] = Math.Max(expected, record.Number + 1);
        }
    }
}
