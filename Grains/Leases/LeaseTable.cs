using DataProcessor.Grains.Storage;

namespace DataProcessor.Grains.Leases;

/// <summary>
/// The leases of an application in KCL's table layout and by KCL's rules, so that an application can move between KCL
/// and this program. Every write is conditional on the counter that was read; a stale owner's write is refused, which
/// is an outcome. A row that somebody has deleted comes back with its owner's next write. Throws
/// <see cref="StoreException"/> when the store fails. May be called from many threads.
/// </summary>
/// <param name="store">Where the table lives; it makes the table when it is not there.</param>
/// <param name="application">Name of the application; also of the table.</param>
/// <param name="keys">Form of the keys.</param>
internal sealed partial class LeaseTable(IConditionalStore store, string application, LeaseKeys keys = LeaseKeys.MultiStream)
{
    private readonly StoreTable _table = new(
        application, LeaseAttributes.Key, Index: new(LeaseAttributes.OwnerIndex, LeaseAttributes.Owner));

    /// <summary>Makes <paramref name="owner"/> the only one who may write.</summary>
    /// <param name="lease">As it was read.</param>
    /// <param name="owner">From <see cref="LeaseOwner.Name"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public ValueTask<LeaseWrite> TakeAsync(Lease lease, string owner, CancellationToken cancellationToken) =>
        WriteAsync(
            lease,
            owner,
            read =>
            {
                // What KCL hands over gracefully is taken like everything else: its handoff ends here.
                var update = Next(read)
                    .Set(LeaseAttributes.Owner, owner)
                    .Set(LeaseAttributes.StreamIdentifier, LeaseAttributes.Identifier(read.Stream))
                    .Remove(LeaseAttributes.CheckpointOwner);
                return read.Owner is null || read.Owner == owner
                    ? update
                    : update.Set(LeaseAttributes.OwnerSwitches, read.OwnerSwitches + 1);
            },
            cancellationToken);

    /// <summary>Moves the checkpoint of a lease that the caller owns.</summary>
    public ValueTask<LeaseWrite> CheckpointAsync(Lease lease, Checkpoint checkpoint, CancellationToken cancellationToken) =>
        WriteAsync(lease, lease.Owner, read => CheckpointUpdate(read, checkpoint), cancellationToken);

    /// <summary>
    /// Declares the shard processed to its end. The children's leases are made first: who finds a shard finished finds
    /// them. They begin at their first record, or, if the shard still has to find its time, at that time too.
    /// </summary>
    /// <param name="lease">A lease that the caller owns.</param>
    /// <param name="children">Its child shards; empty if they are not known.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async ValueTask<LeaseWrite> CompleteAsync(
        Lease lease, IReadOnlyCollection<Shard> children, CancellationToken cancellationToken)
    {
        var start = lease.Checkpoint == Checkpoint.AtTimestamp ? Checkpoint.AtTimestamp : Checkpoint.TrimHorizon;
        foreach (var child in children)
        {
            await CreateAsync(lease.Stream, child, start, cancellationToken);
        }

        return await WriteAsync(
            lease,
            lease.Owner,
            read => children.Count == 0
                ? CheckpointUpdate(read, Checkpoint.ShardEnd)
                : CheckpointUpdate(read, Checkpoint.ShardEnd)
                    .Set(LeaseAttributes.ChildShardIds, AttributeValue.Set([.. children.Select(child => child.Id)])),
            cancellationToken);
    }

    /// <summary>Gives a lease back on a clean stop, so that the next reader, ours or KCL's, need not wait.</summary>
    public ValueTask<LeaseWrite> ReleaseAsync(Lease lease, CancellationToken cancellationToken) =>
        WriteAsync(
            lease,
            owner: null,
            read => Next(read).Remove(LeaseAttributes.Owner).Remove(LeaseAttributes.CheckpointOwner),
            cancellationToken);

    /// <summary>Deletes a lease unless somebody has written it since it was read.</summary>
    public async ValueTask<bool> DeleteAsync(Lease lease, CancellationToken cancellationToken) =>
        (await store.DeleteIfAsync(_table, lease.Key, IsAsRead(lease), cancellationToken)).Succeeded;

    /// <param name="lease">As the caller read or wrote it last.</param>
    /// <param name="owner">Owner after the write.</param>
    /// <param name="change">Makes the update that follows a lease.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    private async ValueTask<LeaseWrite> WriteAsync(
        Lease lease, string? owner, Func<Lease, ItemUpdate> change, CancellationToken cancellationToken)
    {
        var (result, written, isOwn) = await TryWriteAsync(lease, owner, change(lease), cancellationToken);
        if (isOwn && !change(lease).IsIn(result.Item!))
        {
            // Not this write but the one before it, whose answer was lost: this one goes on top.
            (result, written, isOwn) = await TryWriteAsync(written!, owner, change(written!), cancellationToken);
        }

        return !result.Succeeded && written is null
            ? await RestoreAsync(lease, change(lease), cancellationToken)
            : new(result.Succeeded || isOwn, written);
    }

    private async ValueTask<(WriteResult Result, Lease? Written, bool IsOwn)> TryWriteAsync(
        Lease lease, string? owner, ItemUpdate update, CancellationToken cancellationToken)
    {
        var result = await store.UpdateIfAsync(_table, lease.Key, update, IsAsRead(lease), cancellationToken);
        var written = result.Item is null ? null : LeaseAttributes.Read(result.Item, lease.Stream, lease.ShardId);

        // A refusal may be due to a write of our own that was made although its answer was lost.
        var isOwn = !result.Succeeded && written?.Owner == owner && written?.Counter == lease.Counter + 1;
        return (result, written, isOwn);
    }

    /// <summary>Makes a row that was deleted anew, as its owner knows it: nobody else can have read on from it.</summary>
    private async ValueTask<LeaseWrite> RestoreAsync(Lease lease, ItemUpdate update, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in Row(lease).Sets.Where(set => !update.Sets.ContainsKey(set.Key) && !update.Removes.Contains(set.Key)))
        {
            update.Set(name, value);
        }

        var result = await store.UpdateIfAsync(_table, lease.Key, update, WriteCondition.ItemAbsent, cancellationToken);
        return new(result.Succeeded, LeaseAttributes.Read(result.Item!, lease.Stream, lease.ShardId), IsRestored: result.Succeeded);
    }

    /// <summary>
    /// KCL names the counter alone. It begins anew in a row that was deleted and made again, where it may have come to the
    /// number that a former owner knows.
    /// </summary>
    private static WriteCondition IsAsRead(Lease lease) => CounterIs(lease.Counter).And(lease.Owner is { } owner
        ? WriteCondition.Equal(LeaseAttributes.Owner, AttributeValue.String(owner))
        : WriteCondition.Absent(LeaseAttributes.Owner));

    private static WriteCondition CounterIs(long counter) =>
        WriteCondition.Equal(LeaseAttributes.Counter, AttributeValue.Number(counter));

    private static ItemUpdate Next(Lease lease) => new ItemUpdate().Set(LeaseAttributes.Counter, lease.Counter + 1);

    private static ItemUpdate CheckpointUpdate(Lease lease, Checkpoint checkpoint) => Next(lease)
        .Set(LeaseAttributes.CheckpointText, checkpoint.Text)
        .Set(LeaseAttributes.CheckpointSubSequenceNumber, checkpoint.SubSequenceNumber)
        .Set(LeaseAttributes.OwnerSwitches, 0)
        .Remove(LeaseAttributes.PendingCheckpoint)
        .Remove(LeaseAttributes.PendingCheckpointSubSequenceNumber)
        .Remove(LeaseAttributes.PendingCheckpointState);
}
