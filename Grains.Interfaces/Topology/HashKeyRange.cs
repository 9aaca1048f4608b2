namespace DataProcessor;

/// <summary>A range of hash keys; both ends belong to it, as in Kinesis' HashKeyRange.</summary>
[GenerateSerializer, Immutable, Alias("DataProcessor.HashKeyRange")]
public readonly record struct HashKeyRange([property: Id(0)] HashKey Start, [property: Id(1)] HashKey End)
{
    public bool Contains(HashKey key) => Start <= key && key <= End;

    /// <summary>A point well inside the range; a shared hash key for records without a partition key.</summary>
    public HashKey Middle => new(Start.Value + ((End.Value - Start.Value) / 2));
}
