namespace DataProcessor.Grains.Storage;

/// <summary>A table of a store.</summary>
/// <param name="Name">3–255 characters of <c>a-z A-Z 0-9 _ . -</c>.</param>
/// <param name="KeyAttribute">Attribute that holds the key (S); the only part of the primary key.</param>
/// <param name="ExpiryAttribute">
/// Attribute (N, Unix seconds) from which on an item counts as deleted; null if items of the table do not expire.
/// </param>
internal sealed record StoreTable(string Name, string KeyAttribute, string? ExpiryAttribute = null);
