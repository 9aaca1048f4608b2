namespace DataProcessor.Aws.Kinesis;

/// <summary>A Kinesis record to write.</summary>
/// <param name="PartitionKey">1–256 characters.</param>
/// <param name="ExplicitHashKey">Decimal 0 … 2^128−1; null routes by the MD5 of the partition key.</param>
/// <param name="Data">At most the stream's record size less the partition key.</param>
public readonly record struct PutRecordsEntry(
    string PartitionKey,
    string? ExplicitHashKey,
    ReadOnlyMemory<byte> Data);

/// <summary>What became of one entry: a shard id and a sequence number, or an error code and a message.</summary>
public readonly record struct PutRecordsResultEntry(
    string? ShardId,
    string? SequenceNumber,
    string? ErrorCode,
    string? ErrorMessage)
{
    public bool IsStored => ErrorCode is null;
}
