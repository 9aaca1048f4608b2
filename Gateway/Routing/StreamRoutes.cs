namespace DataProcessor.Gateway.Routing;

/// <summary>One version of a stream's shard map, with a target for each open shard.</summary>
internal sealed class StreamRoutes
{
    private int _keylessTurn;

    private StreamRoutes(ShardMap map, ShardTarget[] targets, int keylessTurn)
    {
        Map = map;
        Targets = targets;
        _keylessTurn = keylessTurn;
    }

    public ShardMap Map { get; }

    /// <summary>Parallel to <see cref="ShardMap.Open"/>.</summary>
    public ShardTarget[] Targets { get; }

    /// <summary>A newer map keeps the targets of the shards that are still open.</summary>
    public static StreamRoutes Of(ShardMap map, StreamRoutes? older, IGrainFactory grains, long maxBytesPerShard)
    {
        var known = older is not null && older.Map.Stream == map.Stream
            ? older.Targets.ToDictionary(target => target.Shard.Id)
            : [];
        var targets = Array.ConvertAll(map.Open, shard => known.TryGetValue(shard.Id, out var target)
            ? target
            : new(shard, grains.GetGrain<IProducerGrain>(map.Stream.ProducerKey(shard.Id)), maxBytesPerShard));
        return new(map, targets, older?._keylessTurn ?? 0);
    }

    /// <summary>
    /// Index of the target for the next records without a key: in turns, past the shards to be avoided, unless all are.
    /// </summary>
    public int NextKeyless(long timestamp)
    {
        var turn = (uint)Interlocked.Increment(ref _keylessTurn);
        for (var i = 0u; i < Targets.Length; i++)
        {
            var index = (int)((turn + i) % (uint)Targets.Length);
            if (!Targets[index].IsAvoided(timestamp))
            {
                return index;
            }
        }

        return (int)(turn % (uint)Targets.Length);
    }
}
