namespace DataProcessor.Grains.Aggregation;

/// <summary>What became of one Kinesis record.</summary>
/// <param name="Total">User records inside; 1 for a record that is no aggregate.</param>
/// <param name="Dropped">Those of them that belong to another shard; their producer sends them again.</param>
/// <param name="IsAggregate">Whether it was taken apart.</param>
internal readonly record struct AggregateReaderResult(int Total, int Dropped, bool IsAggregate);
