namespace DataProcessor;

/// <summary>What a shard grain says of itself.</summary>
/// <param name="ShardId">The shard.</param>
/// <param name="State">What the grain is doing.</param>
/// <param name="Silo">Address of the silo that it runs on.</param>
/// <param name="Position">The last user record handled; null if none was ever.</param>
/// <param name="Checkpoint">The last position written to the lease; null if none was ever.</param>
/// <param name="MillisBehindLatest">Lag of the last read, in ms; null before the first read.</param>
/// <param name="RecordsProcessed">User records handled since the activation.</param>
/// <param name="BytesProcessed">Their data bytes.</param>
/// <param name="Duplicates">User records dropped because the checkpoint was past them.</param>
/// <param name="LastError">Why it is retrying.</param>
[GenerateSerializer, Immutable, Alias("DataProcessor.ShardStatus")]
public sealed record ShardStatus(
    [property: Id(0)] string ShardId,
    [property: Id(1)] ShardState State,
    [property: Id(2)] string? Silo,
    [property: Id(3)] StreamPosition? Position,
    [property: Id(4)] StreamPosition? Checkpoint,
    [property: Id(5)] long? MillisBehindLatest,
    [property: Id(6)] long RecordsProcessed,
    [property: Id(7)] long BytesProcessed,
    [property: Id(8)] long Duplicates,
    [property: Id(9)] string? LastError);
