using DataProcessor.Grains.Storage;

namespace DataProcessor.Grains.Leases;

/// <summary>
/// The leases of an application in KCL's table layout and by KCL's rules, so that an application can move between KCL
/// and this program. Every write is conditional on the counter that was read; a stale owner's write is refused, which
/// is an outcome. Throws <see cref="StoreException"/> when the store fails.
/// </summary>
/// <param name="store">Where the table lives.</param>
/// <param name="application">Name of the application; also of the table.</param>
internal sealed class LeaseTable(IConditionalStore store, string application)
{
    /// <summary>Rows that List reads at once.</summary>
    private const int PageSize = 500;

    private readonly StoreTable _table = new(application, LeaseAttributes.Key);

    /// <summary>
    /// The shard's lease; made if there is none. It then begins at <paramref name="initial"/>, unless the application
    /// has read one of the shard's parents: what follows that is read from its first record.
    /// </summary>
    public async ValueTask<Lease> GetOrCreateAsync(
        StreamIdentity stream, Shard shard, Checkpoint initial, CancellationToken cancellationToken)
    {
        var key = stream.LeaseKey(shard.Id);
        var item = await store.GetAsync(_table, key, cancellationToken);
        if (item is null)
        {
            var start = await HasReadParentAsync(stream, shard, cancellationToken) ? Checkpoint.TrimHorizon : initial;
            item = (await store.UpdateIfAsync(
                _table, key, NewLease(stream, shard, start), WriteCondition.ItemAbsent, cancellationToken)).Item;
        }

        return LeaseAttributes.Read(item!)
            ?? throw new StoreException($"Row '{key}' of table {application} is not a lease.");
    }

    /// <summary>The lease as it is now; null if there is none.</summary>
    public async ValueTask<Lease?> FindAsync(string key, CancellationToken cancellationToken) =>
        await store.GetAsync(_table, key, cancellationToken) is { } item ? LeaseAttributes.Read(item) : null;

    /// <summary>Makes <paramref name="owner"/> the only one who may write. The name must be new for each reader.</summary>
    public ValueTask<LeaseWrite> TakeAsync(Lease lease, string owner, CancellationToken cancellationToken) =>
        WriteAsync(
            lease,
            owner,
            read =>
            {
                var update = Next(read).Set(LeaseAttributes.Owner, owner);
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
    /// them, and they begin at their first record.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="lease">A lease that the caller owns.</param>
    /// <param name="children">Its child shards; empty if they are not known.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async ValueTask<LeaseWrite> CompleteAsync(
        StreamIdentity stream, Lease lease, IReadOnlyCollection<Shard> children, CancellationToken cancellationToken)
    {
        foreach (var child in children)
        {
            await GetOrCreateAsync(stream, child, Checkpoint.TrimHorizon, cancellationToken);
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

    /// <summary>Gives a lease back on a clean stop, so that the next reader need not wait.</summary>
    public ValueTask<LeaseWrite> ReleaseAsync(Lease lease, CancellationToken cancellationToken) =>
        WriteAsync(lease, owner: null, read => Next(read).Remove(LeaseAttributes.Owner), cancellationToken);

    /// <summary>All leases of a stream's creation, in no order.</summary>
    public async ValueTask<IReadOnlyList<Lease>> ListAsync(StreamIdentity stream, CancellationToken cancellationToken)
    {
        var leases = new List<Lease>();
        string? continuation = null;
        do
        {
            var page = await store.QueryAsync(_table, stream.LeaseKey(""), PageSize, continuation, cancellationToken);
            leases.AddRange(page.Items.Select(LeaseAttributes.Read).OfType<Lease>());
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return leases;
    }

    private async ValueTask<bool> HasReadParentAsync(
        StreamIdentity stream, Shard shard, CancellationToken cancellationToken)
    {
        foreach (var parent in shard.Parents)
        {
            if (await store.GetAsync(_table, stream.LeaseKey(parent), cancellationToken) is not null)
            {
                return true;
            }
        }

        return false;
    }

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

        return new(result.Succeeded || isOwn, written);
    }

    private async ValueTask<(WriteResult Result, Lease? Written, bool IsOwn)> TryWriteAsync(
        Lease lease, string? owner, ItemUpdate update, CancellationToken cancellationToken)
    {
        var counterIsOld = WriteCondition.Equal(LeaseAttributes.Counter, AttributeValue.Number(lease.Counter));
        var result = await store.UpdateIfAsync(_table, lease.Key, update, counterIsOld, cancellationToken);
        var written = result.Item is null ? null : LeaseAttributes.Read(result.Item);

        // A refusal may be due to a write of our own that was made although its answer was lost.
        var isOwn = !result.Succeeded && written?.Owner == owner && written?.Counter == lease.Counter + 1;
        return (result, written, isOwn);
    }

    private static ItemUpdate Next(Lease lease) => new ItemUpdate().Set(LeaseAttributes.Counter, lease.Counter + 1);

    private static ItemUpdate CheckpointUpdate(Lease lease, Checkpoint checkpoint) => Next(lease)
        .Set(LeaseAttributes.CheckpointText, checkpoint.Text)
        .Set(LeaseAttributes.CheckpointSubSequenceNumber, checkpoint.SubSequenceNumber)
        .Set(LeaseAttributes.OwnerSwitches, 0)
        .Remove(LeaseAttributes.PendingCheckpoint)
        .Remove(LeaseAttributes.PendingCheckpointSubSequenceNumber)
        .Remove(LeaseAttributes.PendingCheckpointState);

    private static ItemUpdate NewLease(StreamIdentity stream, Shard shard, Checkpoint initial)
    {
        var update = new ItemUpdate()
            .Set(LeaseAttributes.EntityType, LeaseAttributes.LeaseEntity)
            .Set(LeaseAttributes.StreamIdentifier, $"{stream.AccountId}:{stream.Name}:{stream.Epoch}")
            .Set(LeaseAttributes.ShardId, shard.Id)
            .Set(LeaseAttributes.Counter, 0)
            .Set(LeaseAttributes.OwnerSwitches, 0)
            .Set(LeaseAttributes.CheckpointText, initial.Text)
            .Set(LeaseAttributes.CheckpointSubSequenceNumber, initial.SubSequenceNumber)
            .Set(LeaseAttributes.StartingHashKey, shard.Range.Start.ToString())
            .Set(LeaseAttributes.EndingHashKey, shard.Range.End.ToString());
        return shard.Parents.Length == 0
            ? update
            : update.Set(LeaseAttributes.ParentShardIds, AttributeValue.Set(shard.Parents));
    }
}
