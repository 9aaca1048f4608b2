namespace DataProcessor.Grains.Leases;

/// <summary>A row of the lease table, as it was read or written.</summary>
/// <param name="Stream">The stream, in the creation that the lease is for.</param>
/// <param name="ShardId">The shard.</param>
/// <param name="Key">Primary key of the row, in the table's <see cref="LeaseKeys"/>.</param>
/// <param name="Counter">Grows by one at each write; every write names the one that it follows.</param>
/// <param name="Owner">Who may write; null if nobody reads the shard.</param>
/// <param name="OwnerSwitches">Changes of owner since the last checkpoint: many are a sign of a shard that crashes its readers.</param>
/// <param name="Checkpoint">How far the shard is processed.</param>
/// <param name="Parents">Ids of the parent shards; empty if there are none.</param>
/// <param name="Children">Ids of the child shards, once the shard is processed to its end; empty before.</param>
/// <param name="Range">The shard's hash keys; null if whoever made the row did not know them.</param>
internal sealed record Lease(
    StreamIdentity Stream,
    string ShardId,
    string Key,
    long Counter,
    string? Owner,
    long OwnerSwitches,
    Checkpoint Checkpoint,
    IReadOnlyList<string> Parents,
    IReadOnlyList<string> Children,
    HashKeyRange? Range)
{
    /// <summary>Closed, and processed to its end.</summary>
    public bool IsFinished => Checkpoint == Checkpoint.ShardEnd;
}

/// <summary>The outcome of a write to a lease.</summary>
/// <param name="Succeeded">False: somebody else has written the lease since it was read.</param>
/// <param name="Lease">The lease after the write, or as the other writer left it.</param>
/// <param name="IsRestored">The row was gone and has been made anew, as its owner knew it.</param>
internal readonly record struct LeaseWrite(bool Succeeded, Lease? Lease, bool IsRestored = false);
