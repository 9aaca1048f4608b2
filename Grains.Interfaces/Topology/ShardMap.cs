namespace DataProcessor;

/// <summary>
/// The shards of a stream at one moment. A newer map of the same stream has a higher <see cref="Version"/>; puts
/// name the version they were routed by.
/// </summary>
[GenerateSerializer, Immutable, Alias("DataProcessor.ShardMap")]
public sealed class ShardMap
{
    /// <summary>What a stream takes unless it was told otherwise: 1 MiB.</summary>
    public const int DefaultMaxRecordSize = 1024 * 1024;

    [NonSerialized]
    private Shard[]? _open;

    public ShardMap(
        StreamIdentity stream,
        long version,
        Shard[] shards,
        HashKey[]? announced = null,
        int maxRecordSize = DefaultMaxRecordSize)
    {
        Stream = stream;
        Version = version;
        Shards = shards;
        Announced = announced ?? [];
        MaxRecordSize = maxRecordSize;
        EnsureComplete(Open);
    }

    [Id(0)]
    public StreamIdentity Stream { get; }

    [Id(1)]
    public long Version { get; }

    /// <summary>Every shard that the service still lists, open or closed, in its order.</summary>
    [Id(2)]
    public Shard[] Shards { get; }

    /// <summary>
    /// Where open shards are about to be split: first hash keys of the upper sides. Not a part of the version: who
    /// writes is told, and this is for those who begin to write in the meantime.
    /// </summary>
    [Id(3)]
    public HashKey[] Announced { get; }

    /// <summary>Bytes of the largest Kinesis record that the stream takes, partition key included; up to 10 MiB.</summary>
    [Id(4)]
    public int MaxRecordSize { get; }

    /// <summary>The open shards by ascending start; together they cover every hash key exactly once.</summary>
    public Shard[] Open => _open ??= [.. Shards.Where(shard => shard.IsOpen).OrderBy(shard => shard.Range.Start)];

    /// <summary>Index in <see cref="Open"/> of the shard that owns the key.</summary>
    public int IndexOf(HashKey key)
    {
        var open = Open;
        int low = 0, high = open.Length - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (open[middle].Range.End < key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    public Shard Find(string shardId) => Array.Find(Shards, shard => shard.Id == shardId)
        ?? throw new KeyNotFoundException($"Stream {Stream.Name} has no shard {shardId}.");

    private static void EnsureComplete(Shard[] open)
    {
        var next = HashKey.Min;
        for (var i = 0; i < open.Length; i++)
        {
            var range = open[i].Range;
            var isLast = i == open.Length - 1;
            if (range.Start != next || range.End < range.Start || (range.End == HashKey.Max) != isLast)
            {
                throw new ArgumentException(
                    $"The open shards do not cover the hash keys exactly once: {open[i].Id} starts at {range.Start}, expected {next}.");
            }

            next = isLast ? next : new(range.End.Value + 1);
        }

        if (open.Length == 0)
        {
            throw new ArgumentException("A shard map needs an open shard.");
        }
    }
}
