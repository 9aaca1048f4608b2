namespace DataProcessor;

/// <summary>
/// Names one put, so that it can be repeated after a time-out and asked for again. 128 bits: random, or derived from what
/// makes the same request the same put.
/// </summary>
[GenerateSerializer, Immutable, Alias("DataProcessor.PutId")]
public readonly record struct PutId([property: Id(0)] Guid Value);
