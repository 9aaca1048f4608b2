namespace DataProcessor.Unit.Simulation.Checkers;

/// <summary>What a run left behind.</summary>
/// <param name="Events">In the order of happening.</param>
/// <param name="Stream">What the stream holds.</param>
/// <param name="IsCalm">Whether nothing happened that excuses a repetition.</param>
internal sealed record Evidence(IReadOnlyList<Happening> Events, StoredStream Stream, bool IsCalm)
{
    /// <summary>Everything that is wrong with it, a sentence each that begins with the name of the checker.</summary>
    public IEnumerable<string> Breaches() =>
    [
        .. Named(nameof(DeliveryChecker), DeliveryChecker.Judge(this)),
        .. Named(nameof(KeyOrderChecker), KeyOrderChecker.Judge(this)),
        .. Named(nameof(ReplayChecker), ReplayChecker.Judge(this)),
        .. Named(nameof(LineageChecker), LineageChecker.Judge(this)),
        .. Named(nameof(ProgressChecker), ProgressChecker.Judge(this)),
        .. Named(nameof(OwnerChecker), OwnerChecker.Judge(this)),
        .. Named(nameof(OnceChecker), OnceChecker.Judge(this)),
    ];

    public IEnumerable<T> Of<T>() where T : Happening => Events.OfType<T>();

    /// <summary>How many of a shard's records come at or before the position.</summary>
    public int CountThrough(string shard, StreamPosition position)
    {
        var index = Array.BinarySearch(Stream.Shards[shard], new(new(shard, position), "", 0), ByPlace);
        return index < 0 ? ~index : index + 1;
    }

    private static IEnumerable<string> Named(string checker, IEnumerable<string> breaches) =>
        breaches.Select(breach => $"{checker}: {breach}");

    private static IComparer<StoredRecord> ByPlace { get; } =
        Comparer<StoredRecord>.Create((left, right) => left.Place.CompareTo(right.Place));
}
