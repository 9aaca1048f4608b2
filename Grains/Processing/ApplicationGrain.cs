using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Processing;

/// <summary>Keeps one shard grain active per shard that is not yet processed to its end, children after parents.</summary>
[KeepAlive]
internal sealed partial class ApplicationGrain(
    IClusterMembershipService membership, TimeProvider time, ILogger<ApplicationGrain> logger) : Grain, IApplicationGrain
{
    /// <summary>Shard grains asked at the same time.</summary>
    private const int MaxConcurrentCalls = 64;

    /// <summary>How soon a reshard by others is seen at the latest; the end of a shard shows it at once.</summary>
    private static readonly TimeSpan MapRefreshInterval = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, ShardStatus> _statuses = [];
    private readonly ShardPlacement _placement = new(time);
    private ApplicationKey _key;
    private ShardMap? _map;
    private long _mapReadAt;
    private bool _isMapStale;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = ApplicationKey.Parse(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public Task Nudge() => Visit();

    public async Task<ApplicationStatus> GetStatus()
    {
        var map = await Visit();
        return new(_key.Application, map, Array.ConvertAll(map.Shards, shard => _statuses[shard.Id]));
    }

    private async Task<ShardMap> Visit()
    {
        var map = await CurrentMap();
        var homes = Homes(map);
        await Parallel.ForEachAsync(
            map.Shards,
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentCalls, TaskScheduler = TaskScheduler.Current },
            async (shard, _) => _statuses[shard.Id] = await VisitShard(map, shard, homes.GetValueOrDefault(shard.Id)));
        await Rebalance(map);
        return map;
    }

    private async Task<ShardMap> CurrentMap()
    {
        var isStale = _isMapStale || time.GetElapsedTime(_mapReadAt) >= MapRefreshInterval;
        if (_map is null || isStale)
        {
            var map = await GrainFactory.GetGrain<IStreamGrain>(_key.Stream).GetMap(_map?.Version ?? 0);
            await Forget(map);
            _map = map;
            _mapReadAt = time.GetTimestamp();
            _isMapStale = false;
        }

        return _map;
    }

    /// <summary>
    /// A stream made anew has the same shard ids and none of the old progress; a trimmed shard is gone for ever. Their
    /// readers would ask for them until the end of time.
    /// </summary>
    private async Task Forget(ShardMap map)
    {
        if (_map is not { } old)
        {
            return;
        }

        foreach (var shardId in _statuses.Keys.Where(id => old.Stream != map.Stream || !map.Shards.Any(shard => shard.Id == id)).ToArray())
        {
            _statuses.Remove(shardId);
            await GrainFactory.GetGrain<IShardGrain>(old.Stream.ShardGrainKey(_key.Application, shardId)).Stop();
        }
    }

    private async Task<ShardStatus> VisitShard(ShardMap map, Shard shard, string? home)
    {
        var known = _statuses.GetValueOrDefault(shard.Id);
        if (known?.State == ShardState.Finished)
        {
            return known;
        }

        if (HasUnfinishedParent(map, shard))
        {
            return ShardStatuses.Idle(shard.Id, ShardState.WaitingForParents);
        }

        try
        {
            Hint(home);
            var status = await ShardGrain(map, shard).EnsureRunning(shard, map.Stream);
            _isMapStale |= status.State == ShardState.Finished;
            return status;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // The silo that had the shard is going or gone; the next nudge finds the grain its new place.
            LogUnreachable(e, _key.ToString(), shard.Id);
            return (known ?? ShardStatuses.Idle(shard.Id, ShardState.Stopped)) with { State = ShardState.Stopped, LastError = e.Message };
        }
    }

    private IShardGrain ShardGrain(ShardMap map, Shard shard) =>
        GrainFactory.GetGrain<IShardGrain>(map.Stream.ShardGrainKey(_key.Application, shard.Id));

    /// <summary>Invariant 5. A parent that the service no longer lists is past its retention and cannot be read.</summary>
    private bool HasUnfinishedParent(ShardMap map, Shard shard) =>
        shard.Parents.Any(parent =>
            map.Shards.Any(listed => listed.Id == parent) &&
            _statuses.GetValueOrDefault(parent)?.State != ShardState.Finished);

    [LoggerMessage(LogLevel.Warning, "Application {Application}: shard {ShardId} could not be reached; trying again at the next nudge")]
    private partial void LogUnreachable(Exception exception, string application, string shardId);
}
