using DataProcessor.Grains.Leases;

namespace DataProcessor.Grains.Reading;

/// <summary>
/// The pages of one shard, one after the other and in order, without a gap or a repetition. It never gives up: every
/// failure is waited out. Disposing it ends what is open at the service.
/// </summary>
internal interface IShardPages : IAsyncDisposable
{
    /// <summary>Whether the position that was sought is gone; reading went on at the oldest record.</summary>
    bool HasLostPosition { get; }

    /// <summary>Time since the service last accepted a subscription, or may have; null without one.</summary>
    TimeSpan? SinceLastSubscribe { get; }

    /// <summary>Sets where the next page begins: at the checkpointed record itself, which is to be recognised.</summary>
    void Seek(Checkpoint checkpoint);

    /// <summary>
    /// Waits for the next page. Asking for it means that the one before was accepted: nothing is read ahead. Nothing
    /// more comes once the reader has lost its lease, which the cursor tells.
    /// </summary>
    /// <exception cref="OperationCanceledException">The reader is to stop.</exception>
    ValueTask<ShardPage> NextAsync(CancellationToken stop);
}
