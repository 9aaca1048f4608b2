namespace DataProcessor.Unit.Reading;

/// <summary>
/// Judges what processors handled, over all readers that one shard had: every record at least once, and no record
/// before all that are older.
/// </summary>
internal static class DeliveryChecker
{
    /// <returns>What is wrong; empty if nothing.</returns>
    public static List<string> Judge(IEnumerable<int> handled, int count)
    {
        var faults = new List<string>();
        var next = 0;
        foreach (var record in handled)
        {
            if (record > next)
            {
                faults.Add($"{record} was handled before {next}.");
            }

            next = Math.Max(next, record + 1);
        }

        if (next < count)
        {
            faults.Add($"{next} to {count - 1} were never handled.");
        }

        return faults;
    }
}
