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

    [Alias("GetStatus")]
    [ResponseTimeout("00:00:10")]
    Task<ApplicationStatus> GetStatus();
}
