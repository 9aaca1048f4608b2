namespace DataProcessor.Gateway.Routing;

/// <summary>Records of a request for one shard.</summary>
/// <param name="Target">The shard.</param>
/// <param name="Records">Their positions in the request, in its order.</param>
/// <param name="Bytes">Length of their frames.</param>
internal readonly record struct ShardGroup(ShardTarget Target, ArraySegment<int> Records, long Bytes)
{
    /// <summary>Takes the records' bytes from the shard's share of what is in flight; false when it is full.</summary>
    public bool TryTakeShare() => Target.InFlight.TryTake(Bytes);
}
