namespace DataProcessor.Aws.Cbor;

/// <summary>The items of an array, or the pairs of a map, that are still to be read.</summary>
internal struct CborItems
{
    private const int UntilBreak = -1;

    private CborItems(int remaining) => Remaining = remaining;

    public static CborItems Indefinite => new(UntilBreak);

    public static CborItems Definite(int count) => new(count);

    public int Remaining { get; set; }

    public readonly bool IsIndefinite => Remaining == UntilBreak;

    /// <summary>An array's length to begin with; never more than <paramref name="limit"/>, whatever the header claims.</summary>
    public readonly int CapacityHint(int limit) => IsIndefinite ? 16 : Math.Min(Remaining, limit);
}
