namespace DataProcessor.Aws.Kinesis;

/// <summary>A shard as ListShards describes it; numbers are decimal strings as on the wire.</summary>
public sealed record ShardDescription(
    string ShardId,
    string? ParentShardId,
    string? AdjacentParentShardId,
    string StartingHashKey,
    string EndingHashKey,
    string StartingSequenceNumber,
    string? EndingSequenceNumber);

/// <summary>ListShards' ShardFilter.</summary>
/// <param name="Type">AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST, AT_TIMESTAMP, FROM_TIMESTAMP.</param>
public sealed record ShardFilter(string Type, string? ShardId = null, DateTimeOffset? Timestamp = null)
{
    /// <summary>The open shards only.</summary>
    public static ShardFilter AtLatest { get; } = new("AT_LATEST");
}
