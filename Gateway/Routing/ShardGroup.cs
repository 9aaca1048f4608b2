namespace DataProcessor.Gateway.Routing;

/// <summary>Records of a request for one shard.</summary>
/// <param name="Target">The shard.</param>
/// <param name="Records">Their positions in the request, in its order.</param>
/// <param name="Bytes">Length of their frames.</param>
internal readonly record struct ShardGroup(ShardTarget Target, ArraySegment<int> Records, long Bytes);
