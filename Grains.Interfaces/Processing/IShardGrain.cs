namespace DataProcessor;

/// <summary>
/// Reads one shard for one application: owns its position, its lease and its checkpoint. The key is
/// <see cref="StreamIdentity.ShardGrainKey"/>.
/// </summary>
[Alias("DataProcessor.IShardGrain")]
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Starts reading if it does not yet, and answers what it is doing. Cheap to repeat.</summary>
    [Alias("EnsureRunning")]
    [ResponseTimeout("00:00:05")]
    Task<ShardStatus> EnsureRunning(Shard shard, StreamIdentity stream);

    /// <summary>
    /// Stops reading, after the batch in hand, writes the checkpoint, and goes to another silo; there the next
    /// <see cref="EnsureRunning"/> goes on exactly where it was. Answers before it is gone.
    /// </summary>
    /// <returns>False: it is there already, or cannot move just now; ask again.</returns>
    [Alias("MoveTo")]
    Task<bool> MoveTo(SiloAddress silo);

    /// <summary>Stops reading, after the batch in hand, and writes the checkpoint.</summary>
    [Alias("Stop")]
    Task Stop();
}
