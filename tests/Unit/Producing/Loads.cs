namespace DataProcessor.Unit.Producing;

/// <summary>Puts for simulations of load, made once and offered again and again under new ids.</summary>
internal static class Loads
{
    /// <summary>Puts of one shard with 16-byte keys that it owns.</summary>
    public static PutRequest[] Of(ShardMap map, int shard, int puts, int recordsAPut, int dataSize)
    {
        var keys = Enumerable.Range(0, int.MaxValue).Select(i => $"customer-{i:D7}")
            .Where(key => map.IndexOf(HashKey.FromPartitionKey(key)) == shard)
            .GetEnumerator();
        return [.. Enumerable.Range(0, puts).Select(_ => Producing.Puts.Of([.. Enumerable.Range(0, recordsAPut).Select(_ => Next())]))];

        TestRecord Next()
        {
            keys.MoveNext();
            return new(keys.Current, new byte[dataSize]);
        }
    }
}
