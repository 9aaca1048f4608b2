namespace DataProcessor.Aws.Local.Streams;

/// <summary>A stream at one moment: metadata and shards that belong together. Replaced as a whole, never changed.</summary>
internal sealed class Topology
{
    private readonly Shard[] _openByRange;

    /// <param name="info">The metadata.</param>
    /// <param name="shards">Its shards, opened, in the same order.</param>
    public Topology(StreamInfo info, IReadOnlyList<Shard> shards)
    {
        Info = info;
        Shards = shards;
        _openByRange = [.. shards.Where((_, i) => info.Shards[i].ClosedMs is null).OrderBy(shard => shard.Info.Range.Start)];
    }

    public StreamInfo Info { get; }

    public IReadOnlyList<Shard> Shards { get; }

    public int OpenShardCount => _openByRange.Length;

    /// <summary>The same shards, or fewer of them, under other metadata.</summary>
    public Topology With(StreamInfo info) =>
        new(info, info.Shards.Count == Shards.Count ? Shards : [.. info.Shards.Select(shard => Find(shard.Index)!)]);

    /// <summary>Null if there is none, or it has expired and been removed.</summary>
    public Shard? Find(int index)
    {
        int low = 0, high = Shards.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = Shards[middle].Info.Index;
            if (found == index)
            {
                return Shards[middle];
            }

            (low, high) = found < index ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    public Shard Route(UInt128 hash)
    {
        int low = 0, high = _openByRange.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _openByRange[middle].Info.Range.Start <= hash ? (middle, high) : (low, middle - 1);
        }

        return _openByRange[low];
    }
}
