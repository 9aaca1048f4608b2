namespace DataProcessor.Grains.Leases;

/// <summary>All leases of a stream.</summary>
/// <param name="Leases">Of this creation of the stream, by shard id; null for a row that cannot be read.</param>
/// <param name="Former">Of earlier creations: their shards and checkpoints are gone.</param>
internal sealed record LeaseSurvey(IReadOnlyDictionary<string, Lease?> Leases, IReadOnlyList<Lease> Former);
