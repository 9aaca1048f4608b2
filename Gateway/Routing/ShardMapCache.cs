using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway.Routing;

/// <summary>The shard maps of the streams in use.</summary>
internal sealed class ShardMapCache(
    IGrainFactory grains, TimeProvider time, IOptions<GatewayOptions> options, ILogger<ShardMapCache> logger)
{
    /// <summary>Streams held; above it the least recently used goes, those that turned out not to exist first.</summary>
    public const int MaxStreams = 1_000;

    /// <summary>How long a request waits for its stream's first map. One call for it may take 5 s.</summary>
    private static readonly TimeSpan FirstMapPatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstMapRetry = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, CachedStream> _streams = new(StringComparer.Ordinal);
    private readonly LookupLimit _lookups = new(time);

    public int Count => _streams.Count;

    public async ValueTask<RoutesLookup> GetAsync(string stream, CancellationToken cancellation)
    {
        var lookup = await StreamOf(stream).GetAsync();
        for (var started = time.GetTimestamp(); lookup.IsOutage; lookup = await StreamOf(stream).GetAsync())
        {
            if (time.GetElapsedTime(started) >= FirstMapPatience)
            {
                break;
            }

            await Task.Delay(FirstMapRetry, time, cancellation);
        }

        return lookup;
    }

    /// <summary>A producer knows better than <paramref name="routes"/>: whatever is newer, or the same if nothing is.</summary>
    public Task<RoutesLookup> GetNewerAsync(StreamRoutes routes) =>
        StreamOf(routes.Map.Stream.Name).GetNewerAsync(routes.Map.Version);

    /// <summary>What the cluster says now, for readiness.</summary>
    public Task<RoutesLookup> AskAsync(string stream) => StreamOf(stream).AskAsync();

    private CachedStream StreamOf(string name)
    {
        if (_streams.TryGetValue(name, out var stream))
        {
            return stream;
        }

        if (_streams.Count >= MaxStreams)
        {
            EvictOne();
        }

        return _streams.GetOrAdd(
            name, static (name, cache) => cache.NewStream(name), this);
    }

    private CachedStream NewStream(string name) => new(
        name,
        grains,
        name == options.Value.DefaultStream ? null : _lookups,
        time,
        options.Value.InFlightBytesPerShard,
        logger);

    private void EvictOne()
    {
        var victim = _streams.MinBy(stream => (stream.Value.HasRoutes, stream.Value.LastUsed));
        if (victim.Key is not null)
        {
            _streams.TryRemove(victim);
        }
    }
}
