using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataProcessor.Grains.Processing;

/// <summary>
/// Keeps one shard grain active per shard that has a lease and is not yet processed to its end, children after parents.
/// </summary>
[KeepAlive]
internal sealed partial class ApplicationGrain(
    IClusterMembershipService membership,
    LeaseTables leases,
    ReaderInstruments instruments,
    IOptions<ReaderOptions> readerOptions,
    TimeProvider time,
    ILogger<ApplicationGrain> logger) : Grain, IApplicationGrain
{
    /// <summary>Shard grains asked at the same time.</summary>
    private const int MaxConcurrentCalls = 64;

    /// <summary>How soon a reshard by others is seen at the latest; the end of a shard shows it at once.</summary>
    private static readonly TimeSpan MapRefreshInterval = TimeSpan.FromSeconds(30);

    /// <summary>How soon a map that could not be had is asked for again: one may cost a visit 5 s.</summary>
    private static readonly TimeSpan MapRetryInterval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, ShardStatus> _statuses = [];
    private readonly ShardPlacement _placement = new(time);
    private ApplicationKey _key;
    private ShardMap? _map;
    private long _mapAskedAt;
    private TimeSpan _mapValidFor;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = ApplicationKey.Parse(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public Task Nudge() => Visit();

    public async Task ShardFinished(string shardId)
    {
        var map = await CurrentMap();
        await VisitAmong(map, shard => shard.Id == shardId);
        map = await CurrentMap();
        await VisitAmong(map, shard => shard.Parents.Contains(shardId));
    }

    public async Task<ApplicationStatus> GetStatus()
    {
        var map = await Visit();
        return new(_key.Application, map, Array.ConvertAll(map.Shards, shard => _statuses[shard.Id]));
    }

    private async Task<ShardMap> Visit()
    {
        var map = await CurrentMap();
        await AuditLeases(map);
        await VisitAmong(map, _ => true);
        await Rebalance(map);
        return map;
    }

    private Task VisitAmong(ShardMap map, Func<Shard, bool> isMeant)
    {
        var homes = Homes(map);
        return Parallel.ForEachAsync(
            map.Shards.Where(isMeant),
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentCalls, TaskScheduler = TaskScheduler.Current },
            async (shard, _) => _statuses[shard.Id] = await VisitShard(map, shard, homes.GetValueOrDefault(shard.Id)));
    }

    private async Task<ShardMap> CurrentMap()
    {
        if (_map is { } map && time.GetElapsedTime(_mapAskedAt) < _mapValidFor)
        {
            return map;
        }

        try
        {
            var newer = await FetchMap();
            await Forget(newer);

            (_map, _mapValidFor) = (newer, ReadingOrder.LacksChildren(newer, StateOf) ? TimeSpan.Zero : MapRefreshInterval);
        }
        catch (Exception e) when (_map is not null && e is StreamUnavailableException or OrleansException or TimeoutException)
        {
            // Readers and whoever looks at them can do with the map in hand, above all during an outage.
            _mapValidFor = MapRetryInterval;
            LogMapUnavailable(_key.ToString(), _map.Version, MapRetryInterval, e.Message);
        }

        _mapAskedAt = time.GetTimestamp();
        return _map;
    }

    private async Task<ShardMap> FetchMap()
    {
        try
        {
            return await GrainFactory.GetGrain<IStreamGrain>(_key.Stream).GetMap(_map?.Version ?? 0);
        }
        catch (StreamNotFoundException)
        {
            await Forget(map: null);
            _map = null;
            throw;
        }
    }

    /// <summary>
    /// A stream made anew has the same shard ids and none of the old progress; a trimmed shard is gone for ever. Their
    /// readers would ask for them until the end of time.
    /// </summary>
    private async Task Forget(ShardMap? map)
    {
        if (_map is not { } old)
        {
            return;
        }

        foreach (var shardId in _statuses.Keys.Where(id => map is null || old.Stream != map.Stream || !map.Shards.Any(shard => shard.Id == id)).ToArray())
        {
            // Forgotten once it is stopped: should the call fail, the next visit finds it here again.
            await GrainFactory.GetGrain<IShardGrain>(old.Stream.ShardGrainKey(_key.Application, shardId)).Stop();
            _statuses.Remove(shardId);
        }
    }

    private async Task<ShardStatus> VisitShard(ShardMap map, Shard shard, string? home)
    {
        var known = _statuses.GetValueOrDefault(shard.Id);
        if (known?.State == ShardState.Finished)
        {
            return known;
        }

        if (WithoutReader(map, shard) is { } idle)
        {
            return idle;
        }

        try
        {
            Hint(home);
            var status = await ShardGrain(map, shard).EnsureRunning(shard, map.Stream);
            if (status.State == ShardState.Finished)
            {
                OnFinished(shard);
            }

            return status;
        }
        catch (Exception e)
        {
            // The silo that had the shard is going or gone, or the user's processor cannot be made: one shard's trouble
            // must not be the others', and the next nudge tries again.
            if (known?.LastError != e.Message)
            {
                LogNotRunning(e, _key.ToString(), shard.Id);
            }

            return (known ?? ShardStatuses.Idle(shard.Id, ShardState.Stopped)) with { State = ShardState.Stopped, LastError = e.Message };
        }
    }

    private IShardGrain ShardGrain(ShardMap map, Shard shard) =>
        GrainFactory.GetGrain<IShardGrain>(map.Stream.ShardGrainKey(_key.Application, shard.Id));

    private ShardState? StateOf(string shardId) => _statuses.GetValueOrDefault(shardId)?.State;

    [LoggerMessage(LogLevel.Warning, "Application {Application}: shard {ShardId} is not being read; trying again at each nudge")]
    private partial void LogNotRunning(Exception exception, string application, string shardId);

    [LoggerMessage(LogLevel.Warning, "Application {Application}: going on with shard map {Version}, asking for a newer one in {Delay}: {Reason}")]
    private partial void LogMapUnavailable(string application, long version, TimeSpan delay, string reason);
}
