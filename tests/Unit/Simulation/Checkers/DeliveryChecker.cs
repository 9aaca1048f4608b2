namespace DataProcessor.Unit.Simulation.Checkers;

/// <summary>Invariant 2: each acknowledged record is processed at least once, and nothing that is not in the stream.</summary>
internal static class DeliveryChecker
{
    public static IEnumerable<string> Judge(Evidence evidence)
    {
        var processed = evidence.Of<Processed>().Select(record => (record.Place, record.Key, record.Number)).ToHashSet();
        var stored = evidence.Stream.Shards.Values.SelectMany(shard => shard).Select(record => (record.Place, record.Key, record.Number)).ToHashSet();
        return
        [
            .. evidence.Of<Acknowledged>().Where(record => !processed.Contains((record.Place, record.Key, record.Number)))
                .Select(record => $"lost: {record}"),
            .. processed.Where(record => !stored.Contains(record)).Select(record => $"not to be delivered: {record}"),
        ];
    }
}
