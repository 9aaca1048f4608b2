using DataProcessor.Grains.Storage;

namespace DataProcessor.Unit.Reading;

/// <summary>Passes everything on, counts writes, and lets a test step in front of one or spoil its answer.</summary>
internal sealed class CountingStore(IConditionalStore inner) : IConditionalStore
{
    public int Writes { get; private set; }

    /// <summary>Awaited before each call.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    /// <summary>May change a write.</summary>
    public Func<ItemUpdate, ItemUpdate> Change { get; set; } = update => update;

    /// <summary>Called after each write was made; what it throws is the caller's answer.</summary>
    public Action After { get; set; } = () => { };

    public async ValueTask<StoreItem?> GetAsync(StoreTable table, string key, CancellationToken cancellationToken)
    {
        await Before();
        return await inner.GetAsync(table, key, cancellationToken);
    }

    public async ValueTask<WriteResult> UpdateIfAsync(
        StoreTable table, string key, ItemUpdate update, WriteCondition condition, CancellationToken cancellationToken)
    {
        await Before();
        Writes++;
        var result = await inner.UpdateIfAsync(table, key, Change(update), condition, cancellationToken);
        After();
        return result;
    }

    public ValueTask<WriteResult> DeleteIfAsync(
        StoreTable table, string key, WriteCondition condition, CancellationToken cancellationToken) =>
        inner.DeleteIfAsync(table, key, condition, cancellationToken);

    public ValueTask<ItemPage> QueryAsync(
        StoreTable table, string keyPrefix, int limit, string? continuation, CancellationToken cancellationToken) =>
        inner.QueryAsync(table, keyPrefix, limit, continuation, cancellationToken);
}
