namespace DataProcessor.Grains.Processing;

/// <summary>
/// Spreads an application's shards over the silos: their numbers differ by one at most, reached with as few moves as
/// possible. A move costs its shard a pause, so only a few go at once, and none twice within <see cref="CoolDown"/> for
/// balance alone. A shard whose silo takes no more shards moves at once.
/// </summary>
internal sealed class ShardPlacement(TimeProvider time)
{
    /// <summary>Shards that pause at the same time.</summary>
    public const int MostMovesAtOnce = 32;

    /// <summary>
    /// For this long after a move a shard stays, so that silos that come and go do not drive it around; and so does every
    /// shard after the start, when nobody knows what was moved just before.
    /// </summary>
    public static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, long> _movedAt = [];
    private readonly long _startedAt = time.GetTimestamp();

    /// <summary>Where each shard's reader is to start if it does not run: where it was, else on the silo with the fewest.</summary>
    /// <param name="silos">Addresses of the silos that take shards; not empty.</param>
    /// <param name="shards">All shards that are to be read.</param>
    public static Dictionary<string, string> Homes(IReadOnlyCollection<string> silos, IReadOnlyCollection<PlacedShard> shards)
    {
        var loads = new SiloLoads(silos);
        var homes = new Dictionary<string, string>(shards.Count);
        foreach (var shard in shards.Where(shard => loads.TryAdd(shard.Silo)))
        {
            homes[shard.ShardId] = shard.Silo!;
        }

        foreach (var shard in shards.Where(shard => !homes.ContainsKey(shard.ShardId)))
        {
            homes[shard.ShardId] = loads.AddToLeast();
        }

        return homes;
    }

    /// <summary>The moves to make now.</summary>
    /// <param name="silos">Addresses of the silos that take shards; not empty.</param>
    /// <param name="shards">All shards that are to be read; those without a silo do not move.</param>
    public List<ShardMove> NextMoves(IReadOnlyCollection<string> silos, IReadOnlyCollection<PlacedShard> shards)
    {
        Forget(shards);
        var loads = new SiloLoads(silos);
        var moves = new List<ShardMove>();
        var homeless = shards.Where(shard => !loads.TryAdd(shard.Silo) && shard.Silo is not null).ToArray();
        foreach (var shard in homeless.Take(MostMovesAtOnce))
        {
            moves.Add(new(shard.ShardId, loads.AddToLeast()));
        }

        var movable = shards.Where(shard => silos.Contains(shard.Silo!) && !IsCoolingDown(shard.ShardId)).ToLookup(shard => shard.Silo!);
        var queues = movable.ToDictionary(silo => silo.Key, silo => new Queue<PlacedShard>(silo));
        while (moves.Count < MostMovesAtOnce && loads.MostAmong(queues.Keys) is { } from && loads.ExceedsLeastByTwo(from))
        {
            moves.Add(new(queues[from].Dequeue().ShardId, loads.MoveToLeast(from)));
            if (queues[from].Count == 0)
            {
                queues.Remove(from);
            }
        }

        return moves;
    }

    /// <summary>The shard has begun to move: its cool-down starts.</summary>
    public void OnMoved(string shardId) => _movedAt[shardId] = time.GetTimestamp();

    private bool IsCoolingDown(string shardId) =>
        time.GetElapsedTime(_movedAt.GetValueOrDefault(shardId, _startedAt)) < CoolDown;

    private void Forget(IReadOnlyCollection<PlacedShard> shards)
    {
        var known = shards.Select(shard => shard.ShardId).ToHashSet();
        foreach (var shardId in _movedAt.Keys.Where(shardId => !known.Contains(shardId)).ToArray())
        {
            _movedAt.Remove(shardId);
        }
    }
}
