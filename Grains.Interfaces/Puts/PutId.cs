namespace DataProcessor;

/// <summary>Names one put, so that it can be repeated after a time-out and asked for again. Random 128 bits.</summary>
[GenerateSerializer, Immutable, Alias("DataProcessor.PutId")]
public readonly record struct PutId([property: Id(0)] Guid Value);
