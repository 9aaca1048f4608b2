using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using DataProcessor.Grains.Storage;

namespace DataProcessor.Grains.Leases;

/// <summary>Which rows there are, and new ones.</summary>
internal sealed partial class LeaseTable
{
    /// <summary>Rows that are read at once.</summary>
    private const int PageSize = 500;

    private readonly ConcurrentDictionary<StreamIdentity, LeaseKeyForm> _forms = new();

    /// <summary>One at a time reads the whole table to find its form, for all readers of the silo.</summary>
    private SemaphoreSlim Looking { get; } = new(1);

    /// <summary>
    /// The shard's lease; made if there is none. It then begins at <paramref name="initial"/>, unless the application
    /// has read one of the shard's parents: what follows that is read from its first record.
    /// </summary>
    public async ValueTask<Lease> GetOrCreateAsync(
        StreamIdentity stream, Shard shard, Checkpoint initial, CancellationToken cancellationToken) =>
        await FindAsync(stream, shard.Id, cancellationToken)
            ?? await CreateAsync(
                stream,
                shard,
                await HasReadParentAsync(stream, shard, cancellationToken) ? Checkpoint.TrimHorizon : initial,
                cancellationToken);

    /// <summary>The lease as it is now; null if there is none for this creation of the stream.</summary>
    public async ValueTask<Lease?> FindAsync(StreamIdentity stream, string shardId, CancellationToken cancellationToken)
    {
        var form = await FormAsync(stream, cancellationToken);
        var item = await store.GetAsync(_table, form.KeyOf(shardId), cancellationToken);
        return item is not null && IsCurrent(form, item, stream) ? LeaseAttributes.Read(item, stream, shardId) : null;
    }

    /// <summary>Makes a lease that nobody owns; in place of one of a former creation with the same key.</summary>
    /// <returns>The new lease, or the one that is there already.</returns>
    public async ValueTask<Lease> CreateAsync(
        StreamIdentity stream, Shard shard, Checkpoint start, CancellationToken cancellationToken)
    {
        var form = await FormAsync(stream, cancellationToken);
        var lease = new Lease(stream, shard.Id, form.KeyOf(shard.Id), 0, null, 0, start, shard.Parents, [], shard.Range);
        var result = await store.UpdateIfAsync(_table, lease.Key, Row(lease), WriteCondition.ItemAbsent, cancellationToken);
        if (!result.Succeeded && !IsCurrent(form, result.Item!, stream))
        {
            result = await ReplaceAsync(result.Item!, lease, cancellationToken);
        }

        return result.Item is { } item && IsCurrent(form, item, stream)
            ? LeaseAttributes.Read(item, stream, shard.Id)
            : throw new StoreException($"Lease '{lease.Key}' of table {application} is being replaced by somebody else.");
    }

    /// <summary>All leases of the stream.</summary>
    public async ValueTask<LeaseSurvey> SurveyAsync(StreamIdentity stream, CancellationToken cancellationToken)
    {
        var form = await FormAsync(stream, cancellationToken);
        var (leases, former) = (new Dictionary<string, Lease?>(), new List<Lease>());
        await foreach (var item in RowsAsync(form.Prefix, cancellationToken))
        {
            if (form.Find(item) is not { } about || about.Stream.Epoch > stream.Epoch)
            {
                continue; // Newer than the caller's view: not for it to judge.
            }

            var lease = TryRead(item, about.Stream, about.ShardId);
            if (about.Stream == stream)
            {
                leases.Add(about.ShardId, lease);
            }
            else if (lease is not null)
            {
                former.Add(lease);
            }
        }

        return new(leases, former);
    }

    /// <summary>The leases of a stream's creation that can be read, in no order.</summary>
    public async ValueTask<IReadOnlyList<Lease>> ListAsync(StreamIdentity stream, CancellationToken cancellationToken) =>
        [.. (await SurveyAsync(stream, cancellationToken)).Leases.Values.OfType<Lease>()];

    private async ValueTask<bool> HasReadParentAsync(
        StreamIdentity stream, Shard shard, CancellationToken cancellationToken)
    {
        foreach (var parent in shard.Parents)
        {
            if (await FindAsync(stream, parent, cancellationToken) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The counter goes on, so that a reader of the former shard cannot write.</summary>
    private ValueTask<WriteResult> ReplaceAsync(StoreItem former, Lease lease, CancellationToken cancellationToken)
    {
        var counter = former.Number(LeaseAttributes.Counter) ?? 0;
        var row = Row(lease with { Counter = counter + 1 });
        foreach (var name in former.Attributes.Keys.Where(name => !row.Sets.ContainsKey(name)))
        {
            row.Remove(name);
        }

        return store.UpdateIfAsync(_table, lease.Key, row, CounterIs(counter), cancellationToken);
    }

    /// <returns>False if the row is of a former creation of the stream.</returns>
    /// <exception cref="StoreException">It is of a later one: the caller's stream is gone.</exception>
    private static bool IsCurrent(LeaseKeyForm form, StoreItem item, StreamIdentity stream)
    {
        var epoch = form.Find(item)?.Stream.Epoch ?? stream.Epoch;
        return epoch <= stream.Epoch
            ? epoch == stream.Epoch
            : throw new StoreException($"Lease '{item.Key}' is of the stream made at {epoch}, not of the one of {stream.Epoch}.");
    }

    private static Lease? TryRead(StoreItem item, StreamIdentity stream, string shardId)
    {
        try
        {
            return LeaseAttributes.Read(item, stream, shardId);
        }
        catch (StoreException)
        {
            return null; // Its reader says so; the other shards' go on.
        }
    }

    private async ValueTask<LeaseKeyForm> FormAsync(StreamIdentity stream, CancellationToken cancellationToken)
    {
        if (keys != LeaseKeys.Auto)
        {
            return new(stream, keys == LeaseKeys.SingleStream);
        }

        if (_forms.TryGetValue(stream, out var known))
        {
            return known;
        }

        await Looking.WaitAsync(cancellationToken);
        try
        {
            return _forms.TryGetValue(stream, out known)
                ? known
                : _forms[stream] = LeaseKeyForm.Of(stream, await AllRowsAsync(cancellationToken));
        }
        finally
        {
            Looking.Release();
        }
    }

    private async ValueTask<List<StoreItem>> AllRowsAsync(CancellationToken cancellationToken)
    {
        var rows = new List<StoreItem>();
        await foreach (var row in RowsAsync(keyPrefix: "", cancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }

    private async IAsyncEnumerable<StoreItem> RowsAsync(
        string keyPrefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            var page = await store.QueryAsync(_table, keyPrefix, PageSize, continuation, cancellationToken);
            foreach (var item in page.Items.Where(LeaseAttributes.IsLease))
            {
                yield return item;
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    /// <summary>Every attribute that a lease has a value for.</summary>
    private static ItemUpdate Row(Lease lease)
    {
        var row = new ItemUpdate()
            .Set(LeaseAttributes.EntityType, LeaseAttributes.LeaseEntity)
            .Set(LeaseAttributes.StreamIdentifier, LeaseAttributes.Identifier(lease.Stream))
            .Set(LeaseAttributes.Counter, lease.Counter)
            .Set(LeaseAttributes.OwnerSwitches, lease.OwnerSwitches)
            .Set(LeaseAttributes.CheckpointText, lease.Checkpoint.Text)
            .Set(LeaseAttributes.CheckpointSubSequenceNumber, lease.Checkpoint.SubSequenceNumber);
        if (lease.Key != lease.ShardId)
        {
            row.Set(LeaseAttributes.ShardId, lease.ShardId);
        }

        if (lease.Owner is { } owner)
        {
            row.Set(LeaseAttributes.Owner, owner);
        }

        if (lease.Range is { } range)
        {
            row.Set(LeaseAttributes.StartingHashKey, range.Start.ToString());
            row.Set(LeaseAttributes.EndingHashKey, range.End.ToString());
        }

        if (lease.Parents.Count > 0)
        {
            row.Set(LeaseAttributes.ParentShardIds, AttributeValue.Set(lease.Parents));
        }

        return lease.Children.Count == 0 ? row : row.Set(LeaseAttributes.ChildShardIds, AttributeValue.Set(lease.Children));
    }
}
