namespace DataProcessor.Gateway.Routing;

/// <summary>One version of a stream's shard map, with a target for each open shard.</summary>
internal sealed class StreamRoutes
{
    private int _keylessTurn;
    private ShardTarget? _keylessTarget;

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

    /// <summary>The target for a single record without a key: where others are gathering, so that they share a put.</summary>
    public ShardTarget NextKeylessSingle(long timestamp)
    {
        var target = Volatile.Read(ref _keylessTarget);
        if (target is null || !target.Gathering.IsOpen)
        {
            target = Targets[NextKeyless(timestamp)];
            Volatile.Write(ref _keylessTarget, target);
        }

        return target;
    }

    /// <summary>
    /// Index of the target for the next records without a key: in turns among the shards that are not to be avoided,
    /// or among all when all are.
    /// </summary>
    public int NextKeyless(long timestamp)
    {
        var turn = (uint)Interlocked.Increment(ref _keylessTurn);
        var sound = 0u;
        foreach (var target in Targets)
        {
            sound += target.IsAvoided(timestamp) ? 0u : 1u;
        }

        // The turn counts sound shards only, else the neighbour of an avoided one would get its share too.
        var left = sound == 0 ? 0 : turn % sound;
        for (var i = 0; i < Targets.Length; i++)
        {
            if (!Targets[i].IsAvoided(timestamp) && left-- == 0)
            {
                return i;
            }
        }

        return (int)(turn % (uint)Targets.Length);
    }
}
