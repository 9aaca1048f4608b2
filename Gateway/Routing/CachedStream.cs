using DataProcessor.Gateway.Answering;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Gateway.Routing;

/// <summary>
/// The routes of one stream, asked for by one call at a time. A map in hand is used on while a newer one is fetched:
/// producers refuse what a stale map misroutes, so an old map costs a round trip and never a record.
/// </summary>
/// <param name="name">The stream.</param>
/// <param name="grains">Where to ask.</param>
/// <param name="limit">Limits calls for a stream that may not exist; null for one that is configured.</param>
/// <param name="time">The clock.</param>
/// <param name="maxBytesPerShard">What may be in flight to a shard.</param>
/// <param name="logger">Where changes are told of.</param>
internal sealed partial class CachedStream(
    string name, IGrainFactory grains, LookupLimit? limit, TimeProvider time, long maxBytesPerShard, ILogger logger)
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan NotFoundInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<RoutesLookup>? _asking;
    private RoutesLookup _last;
    private StreamRoutes? _routes;
    private long _lastAsked;
    private TimeSpan _validFor;
    private long _lastUsed;

    public long LastUsed => Volatile.Read(ref _lastUsed);

    public bool HasRoutes => Volatile.Read(ref _routes) is not null;

    /// <summary>The routes in hand, or the answer to a call for them.</summary>
    public ValueTask<RoutesLookup> GetAsync()
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref _lastUsed, now);
        lock (_lock)
        {
            var isFresh = time.GetElapsedTime(_lastAsked, now) < _validFor;
            if (_routes is null)
            {
                return isFresh ? new(_last) : LookUp();
            }

            if (!isFresh)
            {
                AskOnce(newerThan: 0);
            }

            return new(new RoutesLookup(_routes, null));
        }
    }

    private ValueTask<RoutesLookup> LookUp()
    {
        if (_asking is { IsCompleted: false } asking)
        {
            return new(asking);
        }

        if (limit?.TryTake() is false)
        {
            return new(_last.Problem is null ? new(null, Problem.TooManyLookups) : _last);
        }

        return new(AskOnce(newerThan: 0));
    }

    /// <summary>Routes of a version above <paramref name="version"/>, if the stream has them by now.</summary>
    public Task<RoutesLookup> GetNewerAsync(long version)
    {
        lock (_lock)
        {
            return _routes is { } routes && routes.Map.Version > version
                ? Task.FromResult(new RoutesLookup(routes, null))
                : AskOnce(version);
        }
    }

    /// <summary>Asks the cluster, whatever is in hand.</summary>
    public Task<RoutesLookup> AskAsync()
    {
        lock (_lock)
        {
            return AskOnce(newerThan: 0);
        }
    }

    /// <summary>Joins the call under way, or starts one. Its task never faults.</summary>
    private Task<RoutesLookup> AskOnce(long newerThan) =>
        _asking is { IsCompleted: false } asking ? asking : _asking = FetchAsync(newerThan);

    private async Task<RoutesLookup> FetchAsync(long newerThan)
    {
        RoutesLookup answer;
        try
        {
            var map = await grains.GetGrain<IStreamGrain>(name).GetMap(newerThan);
            var older = Volatile.Read(ref _routes);
            if (older is not null && older.Map.Version == map.Version && older.Map.Stream == map.Stream)
            {
                answer = new(older, null);
            }
            else
            {
                answer = new(StreamRoutes.Of(map, older, grains, maxBytesPerShard), null);
                LogMap(name, map.Version, map.Open.Length);
            }
        }
        catch (StreamNotFoundException)
        {
            answer = new(null, Problem.StreamNotFound(name));
        }
        catch (Exception failure)
        {
            // Whatever it was, the map in hand stays in use, and without one the callers are told.
            LogMapUnavailable(failure, name);
            answer = new(null, Problem.ClusterUnavailable);
        }

        lock (_lock)
        {
            Keep(answer);
        }

        return answer;
    }

    private void Keep(RoutesLookup answer)
    {
        _last = answer;
        _lastAsked = time.GetTimestamp();
        if (answer.Routes is not null && _routes is null)
        {
            limit?.GiveBack();
        }

        if (!answer.IsOutage)
        {
            Volatile.Write(ref _routes, answer.Routes);
            _validFor = answer.Routes is null ? NotFoundInterval : RefreshInterval;
        }
        else
        {
            // A call that has no map to go on with asks again at once.
            _validFor = _routes is null ? TimeSpan.Zero : RetryInterval;
        }
    }

    [LoggerMessage(LogLevel.Information, "Stream {Stream}: shard map version {Version} with {Shards} open shards.")]
    private partial void LogMap(string stream, long version, int shards);

    [LoggerMessage(LogLevel.Warning, "Stream {Stream}: no answer to the call for its shard map.")]
    private partial void LogMapUnavailable(Exception failure, string stream);
}
