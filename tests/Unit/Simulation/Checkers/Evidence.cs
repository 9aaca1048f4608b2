namespace DataProcessor.Unit.Simulation.Checkers;

/// <summary>What a run left behind.</summary>
/// <param name="Events">In the order of happening.</param>
/// <param name="Stream">What the stream holds.</param>
/// <param name="IsCalm">Whether nothing happened that excuses a repetition.</param>
internal sealed record Evidence(IReadOnlyList<Happening> Events, StoredStream Stream, bool IsCalm)
{
    /// <summary>Everything that is wrong with it, a sentence each.</summary>
    public IEnumerable<string> Breaches() =>
    [
        .. DeliveryChecker.Judge(this),
        .. KeyOrderChecker.Judge(this),
        .. ReplayChecker.Judge(this),
        .. LineageChecker.Judge(this),
        .. ProgressChecker.Judge(this),
        .. OwnerChecker.Judge(this),
        .. OnceChecker.Judge(this),
    ];

    public IEnumerable<T> Of<T>() where T : Happening => Events.OfType<T>();

    /// <summary>How many of a shard's records come at or before the position.</summary>
    public int CountThrough(string shard, StreamPosition position)
    {
        var index = Array.BinarySearch(Stream.Shards[shard], new(new(shard, position), "", 0), ByPlace);
        return index < 0 ? ~index : index + 1;
    }

    private static IComparer<StoredRecord> ByPlace { get; } =
        Comparer<StoredRecord>.Create((left, right) => left.Place.CompareTo(right.Place));
}
