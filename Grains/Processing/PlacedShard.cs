namespace DataProcessor.Grains.Processing;

/// <summary>A shard that is to be read, and the address of the silo that reads it; null if none does.</summary>
internal readonly record struct PlacedShard(string ShardId, string? Silo);

/// <summary>A shard, and the address of the silo that is to read it from now on.</summary>
internal readonly record struct ShardMove(string ShardId, string To);
