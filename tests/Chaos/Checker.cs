namespace DataProcessor.Chaos;

/// <summary>
/// Holds a history against the promises and reports every breach in a sentence. It knows nothing of the system but the
/// data format <c>{number}</c> of the load: ascending per key in the order of the acknowledgements.
/// </summary>
internal sealed class Checker(History history)
{
    public List<string> Breaches { get; } = [];

    /// <summary>Records that the processor saw again.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Records of the stream that nobody was told of: their acknowledgement was lost.</summary>
    public int Unacknowledged { get; private set; }

    public static Checker Check(History history)
    {
        var checker = new Checker(history);
        checker.AcknowledgedIsInTheStream();
        checker.AcknowledgedIsProcessed();
        checker.ProcessedIsInTheStream();
        checker.KeysAreInOrder();
        return checker;
    }

    /// <summary>Invariant 1: at the acknowledged place lie the acknowledged bytes; without a place, they lie anywhere.</summary>
    private void AcknowledgedIsInTheStream()
    {
        var stream = history.Stream.ToDictionary(record => record.Place);
        var contents = history.Stream.Select(record => record with { Place = default }).ToHashSet();
        foreach (var acknowledged in history.Acknowledged)
        {
            if (acknowledged.Place == default && contents.Contains(acknowledged))
            {
                continue;
            }

            if (!stream.TryGetValue(acknowledged.Place, out var stored))
            {
                Breaches.Add($"acknowledged and not in the stream: {acknowledged}");
            }
            else if (stored != acknowledged)
            {
                Breaches.Add($"acknowledged as {acknowledged}, stored as {stored}");
            }
        }

        Unacknowledged = stream.Keys.Except(history.Acknowledged.Select(record => record.Place)).Count();
    }

    /// <summary>Invariant 2: at least once.</summary>
    private void AcknowledgedIsProcessed()
    {
        var processed = history.Processed.ToHashSet();
        foreach (var acknowledged in history.Acknowledged.Where(record => record.Place != default && !processed.Contains(record)))
        {
            Breaches.Add($"acknowledged and never processed: {acknowledged}");
        }

        Duplicates = history.Processed.Count - processed.Count;
    }

    private void ProcessedIsInTheStream()
    {
        var stream = history.Stream.ToHashSet();
        foreach (var processed in history.Processed.Where(record => !stream.Contains(record)))
        {
            Breaches.Add($"processed and not in the stream: {processed}");
        }
    }

    /// <summary>Invariant 4: acknowledged records of a key are first seen in the order in which they were sent.</summary>
    private void KeysAreInOrder()
    {
        var acknowledged = history.Acknowledged.Select(record => record.Place).ToHashSet();
        var seen = new HashSet<Place>();
        var last = new Dictionary<string, long>();
        foreach (var record in history.Processed.Where(record => acknowledged.Contains(record.Place) && seen.Add(record.Place)))
        {
            var number = long.Parse(record.Data, System.Globalization.CultureInfo.InvariantCulture);
            if (last.TryGetValue(record.Key, out var before) && number <= before)
            {
                Breaches.Add($"key {record.Key}: {number} was processed after {before}");
            }

            last[record.Key] = number;
        }
    }
}
