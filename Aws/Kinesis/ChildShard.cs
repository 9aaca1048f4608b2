namespace DataProcessor.Aws.Kinesis;

/// <summary>A shard that goes on where a closed one ends: reported at the end of the parent's records.</summary>
/// <param name="ParentShards">One id after a split, two after a merge.</param>
/// <param name="StartingHashKey">Decimal; the first of its range.</param>
/// <param name="EndingHashKey">Decimal; the last of its range.</param>
public sealed record ChildShard(string ShardId, string[] ParentShards, string StartingHashKey, string EndingHashKey);
