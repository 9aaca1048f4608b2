using DataProcessor.Grains.Storage;

namespace DataProcessor.Unit.Leases;

/// <summary>A store with a deliberate fault, to see that the checks which rely on conditions notice.</summary>
internal sealed class UnconditionalStore(IConditionalStore inner) : IConditionalStore
{
    public ValueTask<StoreItem?> GetAsync(StoreTable table, string key, CancellationToken cancellationToken) =>
        inner.GetAsync(table, key, cancellationToken);

    public ValueTask<WriteResult> UpdateIfAsync(
        StoreTable table, string key, ItemUpdate update, WriteCondition condition, CancellationToken cancellationToken) =>
        inner.UpdateIfAsync(table, key, update, WriteCondition.None, cancellationToken);

    public ValueTask<WriteResult> DeleteIfAsync(
        StoreTable table, string key, WriteCondition condition, CancellationToken cancellationToken) =>
        inner.DeleteIfAsync(table, key, WriteCondition.None, cancellationToken);

    public ValueTask<ItemPage> QueryAsync(
        StoreTable table, string keyPrefix, int limit, string? continuation, CancellationToken cancellationToken) =>
        inner.QueryAsync(table, keyPrefix, limit, continuation, cancellationToken);
}
