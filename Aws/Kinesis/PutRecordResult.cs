namespace DataProcessor.Aws.Kinesis;

/// <summary>Where a record was stored.</summary>
/// <param name="SequenceNumber">Decimal.</param>
public readonly record struct PutRecordResult(string ShardId, string SequenceNumber);
