using System.Globalization;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;
using DataProcessor.Unit.Leases;

namespace DataProcessor.Unit.Simulation;

/// <summary>All readers have one name, so each takes the others' writes for its own.</summary>
internal sealed class SharedOwnerName : PlantedBug
{
    public override string OwnerOf(string reader) => LeaseOwner.Name("reader", Guid.Empty);
}

internal sealed class ChildBeforeParent : PlantedBug
{
    public override ShardState? WithoutReader(ShardState? state) => state == ShardState.WaitingForParents ? null : state;
}

internal sealed class UnconditionalWrites : PlantedBug
{
    public override IConditionalStore Store(IConditionalStore store, SimulatedWorld world) => new UnconditionalStore(store);
}

/// <summary>The checkpoint is the last record that was put, not the last that was handled.</summary>
internal sealed class CheckpointAhead : PlantedBug
{
    public override IConditionalStore Store(IConditionalStore store, SimulatedWorld world) => new ChangingStore(store, (shard, position) =>
        world.History.Events.OfType<Acknowledged>().Select(record => record.Place).LastOrDefault(place => place.Shard == shard)
            is { Shard: not null } last && last.Position > position ? last.Position : position);
}

/// <summary>Now and then a checkpoint is the first one that was ever written.</summary>
internal sealed class CheckpointGoesBack : PlantedBug
{
    private readonly Dictionary<string, StreamPosition> _first = [];

    public override IConditionalStore Store(IConditionalStore store, SimulatedWorld world) => new ChangingStore(store, (shard, position) =>
        _first.TryAdd(shard, position) || world.Happens(0.5) ? position : _first[shard]);
}

/// <summary>The first record of a batch is passed over now and then.</summary>
internal sealed class SkippedRecord : PlantedBug
{
    public override IRecordProcessor Processor(IRecordProcessor processor, SimulatedWorld world) => new ChangingProcessor(
        processor, indexes => indexes.Length > 1 && world.Happens(0.1) ? indexes[1..] : indexes);
}

/// <summary>The last record of a batch comes first.</summary>
internal sealed class LastRecordFirst : PlantedBug
{
    public override IRecordProcessor Processor(IRecordProcessor processor, SimulatedWorld world) => new ChangingProcessor(
        processor, indexes => [indexes[^1], .. indexes[..^1]]);
}

/// <summary>Hands on other records than the batch's, or in another order.</summary>
internal sealed class ChangingProcessor(IRecordProcessor inner, Func<int[], int[]> change) : IRecordProcessor
{
    public ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        var indexes = change([.. Enumerable.Range(0, batch.Count)]);
        return inner.ProcessAsync(
            new(
                batch.StreamName,
                batch.ShardId,
                batch.MillisBehindLatest,
                indexes.Select((index, i) => batch.Slot(index) with { Parent = i }).ToArray(),
                Array.ConvertAll(indexes, index => batch.Parent(index))),
            cancellationToken);
    }
}

/// <summary>Changes the positions that are written to leases.</summary>
internal sealed class ChangingStore(IConditionalStore inner, Func<string, StreamPosition, StreamPosition> change) : IConditionalStore
{
    public ValueTask<StoreItem?> GetAsync(StoreTable table, string key, CancellationToken cancellationToken) =>
        inner.GetAsync(table, key, cancellationToken);

    public ValueTask<WriteResult> UpdateIfAsync(
        StoreTable table, string key, ItemUpdate update, WriteCondition condition, CancellationToken cancellationToken) =>
        inner.UpdateIfAsync(table, key, Changed(SimulatedStore.ShardOf(key), update), condition, cancellationToken);

    public ValueTask<WriteResult> DeleteIfAsync(
        StoreTable table, string key, WriteCondition condition, CancellationToken cancellationToken) =>
        inner.DeleteIfAsync(table, key, condition, cancellationToken);

    public ValueTask<ItemPage> QueryAsync(
        StoreTable table, string keyPrefix, int limit, string? continuation, CancellationToken cancellationToken) =>
        inner.QueryAsync(table, keyPrefix, limit, continuation, cancellationToken);

    private ItemUpdate Changed(string shard, ItemUpdate update)
    {
        if (!update.Sets.TryGetValue(LeaseAttributes.CheckpointText, out var text)
            || !update.Sets.TryGetValue(LeaseAttributes.CheckpointSubSequenceNumber, out var sub)
            || Checkpoint.Parse(text.Text, long.Parse(sub.Text, CultureInfo.InvariantCulture))
                is not { Kind: CheckpointKind.Position } checkpoint)
        {
            return update;
        }

        var position = change(shard, checkpoint.Position);
        var changed = new ItemUpdate();
        foreach (var (name, value) in update.Sets)
        {
            changed.Set(name, name switch
            {
                LeaseAttributes.CheckpointText => AttributeValue.String(position.SequenceNumber.Value),
                LeaseAttributes.CheckpointSubSequenceNumber => AttributeValue.Number(position.SubSequenceNumber),
                _ => value,
            });
        }

        return update.Removes.Aggregate(changed, (sum, name) => sum.Remove(name));
    }
}
