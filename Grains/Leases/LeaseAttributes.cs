using DataProcessor.Grains.Storage;

namespace DataProcessor.Grains.Leases;

/// <summary>The attributes of KCL's lease table, to the letter.</summary>
internal static class LeaseAttributes
{
    public const string Key = "leaseKey";
    public const string Counter = "leaseCounter";
    public const string Owner = "leaseOwner";

    /// <summary>Only during a graceful handoff from one KCL worker to another: who still writes.</summary>
    public const string CheckpointOwner = "checkpointOwner";
    public const string OwnerSwitches = "ownerSwitchesSinceCheckpoint";
    public const string CheckpointText = "checkpoint";
    public const string CheckpointSubSequenceNumber = "checkpointSubSequenceNumber";
    public const string PendingCheckpoint = "pendingCheckpoint";
    public const string PendingCheckpointSubSequenceNumber = "pendingCheckpointSubSequenceNumber";
    public const string PendingCheckpointState = "pendingCheckpointState";
    public const string ParentShardIds = "parentShardId";
    public const string ChildShardIds = "childShardIds";
    public const string StartingHashKey = "startingHashKey";
    public const string EndingHashKey = "endingHashKey";
    public const string EntityType = "entityType";
    public const string ShardId = "shardId";

    /// <summary>
    /// Holds <c>account:stream:creationEpoch</c>, not the name alone: KCL's name of it is older than its content. KCL has it
    /// in the multi-stream form only; ours is in every row that we have taken, to tell the creations of a stream apart.
    /// </summary>
    public const string StreamIdentifier = "streamName";

    /// <summary>Index of KCL 3, by owner. Not used here; a table that has it saves KCL the time to build it.</summary>
    public const string OwnerIndex = "LeaseOwnerToLeaseKeyIndex";

    /// <summary>Value of <see cref="EntityType"/>; rows of other types are not leases. Absent means this.</summary>
    public const string LeaseEntity = "LEASE";

    public static bool IsLease(StoreItem item) => item.Text(EntityType) is null or LeaseEntity;

    /// <exception cref="StoreException">The row is no lease that KCL or we would write.</exception>
    public static Lease Read(StoreItem item, StreamIdentity stream, string shardId)
    {
        if (!IsLease(item))
        {
            throw new StoreException($"Row '{item.Key}' is not a lease but {item.Text(EntityType)}.");
        }

        try
        {
            return new(
                stream,
                shardId,
                item.Key,
                item.Number(Counter) ?? throw new FormatException($"{Counter} is missing"),
                item.Text(Owner),
                item.Number(OwnerSwitches) ?? 0,
                Checkpoint.Parse(item.Text(CheckpointText) ?? "", item.Number(CheckpointSubSequenceNumber) ?? 0),
                item.Set(ParentShardIds),
                item.Set(ChildShardIds),
                item.Text(StartingHashKey) is { } start && item.Text(EndingHashKey) is { } end
                    ? new(HashKey.Parse(start), HashKey.Parse(end))
                    : null);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new StoreException($"Lease '{item.Key}' is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>What identifies the creation of a stream.</summary>
    public static string Identifier(StreamIdentity stream) => $"{stream.AccountId}:{stream.Name}:{stream.Epoch}";
}
