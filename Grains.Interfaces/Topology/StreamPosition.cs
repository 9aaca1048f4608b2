namespace DataProcessor;

/// <summary>
/// The place of a user record in its shard: the sequence number of the Kinesis record that holds it and its index
/// among that record's user records (0 for a record that is not aggregated).
/// </summary>
[GenerateSerializer, Immutable, Alias("DataProcessor.StreamPosition")]
public readonly record struct StreamPosition(
    [property: Id(0)] SequenceNumber SequenceNumber,
    [property: Id(1)] long SubSequenceNumber) : IComparable<StreamPosition>
{
    public int CompareTo(StreamPosition other)
    {
        var bySequence = SequenceNumber.CompareTo(other.SequenceNumber);
        return bySequence != 0 ? bySequence : SubSequenceNumber.CompareTo(other.SubSequenceNumber);
    }

    public override string ToString() => $"{SequenceNumber}/{SubSequenceNumber}";

    public static bool operator <(StreamPosition left, StreamPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(StreamPosition left, StreamPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(StreamPosition left, StreamPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(StreamPosition left, StreamPosition right) => left.CompareTo(right) >= 0;
}
