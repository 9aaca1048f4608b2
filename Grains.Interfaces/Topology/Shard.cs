namespace DataProcessor;

/// <summary>A shard as ListShards describes it.</summary>
/// <param name="Id">Shard id, <c>shardId-000000000000</c>.</param>
/// <param name="Range">The hash keys that it owns.</param>
/// <param name="Parents">The shards that it was split or merged from: none, one or two; they may be trimmed already.</param>
/// <param name="IsOpen">Whether it still takes records: it has no ending sequence number.</param>
[GenerateSerializer, Immutable, Alias("DataProcessor.Shard")]
public sealed record Shard(
    [property: Id(0)] string Id,
    [property: Id(1)] HashKeyRange Range,
    [property: Id(2)] string[] Parents,
    [property: Id(3)] bool IsOpen);
