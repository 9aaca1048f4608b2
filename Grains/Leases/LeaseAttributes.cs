using DataProcessor.Grains.Storage;

namespace DataProcessor.Grains.Leases;

/// <summary>The attributes of KCL's lease table, to the letter.</summary>
internal static class LeaseAttributes
{
    public const string Key = "leaseKey";
    public const string Counter = "leaseCounter";
    public const string Owner = "leaseOwner";
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

    /// <summary>Holds <c>account:stream:creationEpoch</c>, not the name alone: KCL's name of it is older than its content.</summary>
    public const string StreamIdentifier = "streamName";

    /// <summary>Value of <see cref="EntityType"/>; rows of other types are not leases. Absent means this.</summary>
    public const string LeaseEntity = "LEASE";

    /// <returns>The lease; null for a row of another type.</returns>
    /// <exception cref="StoreException">The row is no lease that KCL or we would write.</exception>
    public static Lease? Read(StoreItem item)
    {
        if (item.Text(EntityType) is not (null or LeaseEntity))
        {
            return null;
        }

        try
        {
            return new(
                item.Key,
                item.Number(Counter) ?? throw new FormatException($"{Counter} is missing"),
                item.Text(Owner),
                item.Number(OwnerSwitches) ?? 0,
                Checkpoint.Parse(item.Text(CheckpointText) ?? "", item.Number(CheckpointSubSequenceNumber) ?? 0),
                item.Set(ParentShardIds),
                item.Set(ChildShardIds));
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new StoreException($"Lease '{item.Key}' is damaged: {exception.Message}", exception);
        }
    }
}
