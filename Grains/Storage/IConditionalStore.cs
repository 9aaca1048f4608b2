namespace DataProcessor.Grains.Storage;

/// <summary>
/// A key-value store with conditional writes: all durable state outside the streams lives in one. Kept to what
/// DynamoDB does in one call each, so that its implementation is a mapping: consistent GetItem; UpdateItem and
/// DeleteItem with a ConditionExpression that return the item; Scan; TTL. Items whose expiry attribute has passed do
/// not exist for any operation. Every method throws <see cref="StoreException"/> when the store fails; a write's
/// outcome is then unknown, and <see cref="ArgumentException"/> for what DynamoDB would refuse to store.
/// </summary>
internal interface IConditionalStore
{
    /// <summary>The item as of the last completed write; null if there is none.</summary>
    ValueTask<StoreItem?> GetAsync(StoreTable table, string key, CancellationToken cancellationToken);

    /// <summary>
    /// Changes the named attributes and keeps all others, if the condition holds; makes the item if there is none.
    /// </summary>
    ValueTask<WriteResult> UpdateIfAsync(
        StoreTable table, string key, ItemUpdate update, WriteCondition condition, CancellationToken cancellationToken);

    /// <summary>Deletes the item if the condition holds; succeeds if there is none and the condition allows it.</summary>
    ValueTask<WriteResult> DeleteIfAsync(
        StoreTable table, string key, WriteCondition condition, CancellationToken cancellationToken);

    /// <summary>
    /// A page of the items whose keys start with <paramref name="keyPrefix"/>, in no promised order. A page may hold
    /// fewer than <paramref name="limit"/> items, or none, and still have a successor.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="keyPrefix">Compared ordinally; empty for all items.</param>
    /// <param name="limit">Most items of a page; 1–1,000.</param>
    /// <param name="continuation">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<ItemPage> QueryAsync(
        StoreTable table, string keyPrefix, int limit, string? continuation, CancellationToken cancellationToken);
}
