using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Grains.Reading;

/// <summary>What was read of a shard at once.</summary>
/// <param name="Records">Ascending; may be empty.</param>
/// <param name="MillisBehindLatest">Distance of the page's end to the shard's tip.</param>
/// <param name="IsShardEnd">Whether the shard is closed and this its last page.</param>
/// <param name="ChildShards">With the shard's end: who goes on.</param>
internal readonly record struct ShardPage(
    KinesisRecord[] Records, long MillisBehindLatest, bool IsShardEnd, ChildShard[] ChildShards)
{
    /// <summary>Nothing, in the middle of a shard.</summary>
    public static ShardPage Nothing { get; } = new([], 0, IsShardEnd: false, []);
}
