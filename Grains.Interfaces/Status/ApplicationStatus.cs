namespace DataProcessor;

/// <summary>An application's view of its stream.</summary>
/// <param name="Application">Name of the application; also of its lease table.</param>
/// <param name="Map">The shard map it works by.</param>
/// <param name="Shards">A status per shard of the map, in the map's order.</param>
[GenerateSerializer, Immutable, Alias("DataProcessor.ApplicationStatus")]
public sealed record ApplicationStatus(
    [property: Id(0)] string Application,
    [property: Id(1)] ShardMap Map,
    [property: Id(2)] ShardStatus[] Shards);
