using Orleans.Concurrency;

namespace DataProcessor;

/// <summary>
/// Keeps one shard grain active per unfinished shard of a stream; the key is <c>application/stream</c>.
/// </summary>
[Alias("DataProcessor.IApplicationGrain")]
public interface IApplicationGrain : IGrainWithStringKey
{
    /// <summary>
    /// Looks after the shard grains once. Every silo calls it every second or two, so that the grain and its shard
    /// grains come back by themselves after a crash.
    /// </summary>
    [Alias("Nudge")]
    [ResponseTimeout("00:00:10")]
    Task Nudge();

    /// <summary>A shard is processed to its end: its children start now and not at the next nudge, which sees to it if the call is lost.</summary>
    [Alias("ShardFinished")]
    [OneWay]
    Task ShardFinished(string shardId);

    /// <summary>
    /// A silo is about to leave the cluster: it gets no more shards, and some of its shards move away. To be repeated
    /// until none is left.
    /// </summary>
    /// <returns>Shards that are still read by that silo.</returns>
    [Alias("Leave")]
    [ResponseTimeout("00:00:10")]
    Task<int> Leave(SiloAddress silo);

    [Alias("GetStatus")]
    [ResponseTimeout("00:00:10")]
    Task<ApplicationStatus> GetStatus();
}
