namespace DataProcessor;

/// <summary>
/// A Kinesis sequence number: a decimal number of up to 186 bits without leading zeros. Compared by length, then
/// ordinally, which is numeric order without a big integer. <c>default</c> is no number and sorts before all.
/// </summary>
[GenerateSerializer, Immutable, Alias("DataProcessor.SequenceNumber")]
public readonly record struct SequenceNumber([property: Id(0)] string Value) : IComparable<SequenceNumber>
{
    public bool IsNone => string.IsNullOrEmpty(Value);

    public int CompareTo(SequenceNumber other)
    {
        var (mine, theirs) = (Value ?? "", other.Value ?? "");
        return mine.Length != theirs.Length
            ? mine.Length.CompareTo(theirs.Length)
            : string.CompareOrdinal(mine, theirs);
    }

    public override string ToString() => Value ?? "";

    public static bool operator <(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) < 0;

    public static bool operator >(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) > 0;

    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) >= 0;
}
