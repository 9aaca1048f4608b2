namespace DataProcessor;

/// <summary>
/// Owns the shard map of one stream; the key is the stream's name. Everybody else holds a copy with a version.
/// </summary>
[Alias("DataProcessor.IStreamGrain")]
public interface IStreamGrain : IGrainWithStringKey
{
    /// <summary>
    /// The shard map. With <paramref name="newerThan"/> at or above the version held, the service is asked again
    /// first (at most once a second): the caller has seen that its map is stale. Answers within 4 s, whatever the
    /// service does; a map in hand that is new enough is answered at once.
    /// </summary>
    /// <exception cref="StreamNotFoundException">The service has no stream of this name.</exception>
    /// <exception cref="StreamUnavailableException">The service had to be asked and did not answer.</exception>
    [Alias("GetMap")]
    [ResponseTimeout("00:00:05")]
    Task<ShardMap> GetMap(long newerThan = 0);

    /// <summary>
    /// Splits an open shard in two, announced: its producer first stops packing records of both sides into one
    /// aggregate, so that nothing is misrouted. Answers when the stream is ACTIVE again and the producers follow the new
    /// map. A call can be repeated: what is done already is answered as done.
    /// </summary>
    /// <param name="shardId">The parent.</param>
    /// <param name="at">First hash key of the upper child; above the shard's first one.</param>
    /// <exception cref="StreamNotFoundException">The service has no stream of this name.</exception>
    [Alias("SplitShard")]
    [ResponseTimeout("00:02:00")]
    Task<ReshardResult> SplitShard(string shardId, HashKey at);

    /// <summary>Merges two open shards whose ranges touch; otherwise as <see cref="SplitShard"/>.</summary>
    /// <exception cref="StreamNotFoundException">The service has no stream of this name.</exception>
    [Alias("MergeShards")]
    [ResponseTimeout("00:02:00")]
    Task<ReshardResult> MergeShards(string shardId, string adjacentShardId);
}
