namespace DataProcessor.Grains.Storage;

/// <summary>A table of a store.</summary>
/// <param name="Name">3–255 characters of <c>a-z A-Z 0-9 _ . -</c>.</param>
/// <param name="KeyAttribute">Attribute that holds the key (S); the only part of the primary key.</param>
/// <param name="ExpiryAttribute">
/// Attribute (N, Unix seconds) from which on an item counts as deleted; null if items of the table do not expire.
/// </param>
/// <param name="Index">An index that others expect; null if there is none. The store's own operations need none.</param>
internal sealed record StoreTable(
    string Name, string KeyAttribute, string? ExpiryAttribute = null, StoreIndex? Index = null);

/// <summary>A global secondary index of keys only, by an attribute and then by the table's key.</summary>
/// <param name="Name">3–255 characters of <c>a-z A-Z 0-9 _ . -</c>.</param>
/// <param name="Attribute">Of type S; items without it are not in the index.</param>
internal sealed record StoreIndex(string Name, string Attribute);
