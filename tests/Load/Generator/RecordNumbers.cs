namespace DataProcessor.Load.Generator;

/// <summary>Numbers for the records of all connections.</summary>
internal sealed class RecordNumbers
{
    private long _next;

    /// <returns>The first of so many in a row.</returns>
    public long Take(int count) => Interlocked.Add(ref _next, count) - count;
}
