using DataProcessor.Aws.Kinesis;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace DataProcessor.Grains.Topology;

/// <summary>
/// Reads the shard map from the service and numbers its versions. Calls interleave, so that while the service does not
/// answer, callers whom the map in hand suffices have it at once; those who need a newer one share one refresh.
/// </summary>
[Reentrant]
internal sealed partial class StreamGrain(KinesisClient kinesis, TimeProvider time, ILogger<StreamGrain> logger)
    : Grain, IStreamGrain
{
    /// <summary>However many callers find their map stale, the service is asked once in this time.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    /// <summary>Longest refresh, with the client's retries: under the call's time-out of 5 s, so that callers learn the reason.</summary>
    private static readonly TimeSpan RefreshTimeout = TimeSpan.FromSeconds(4);

    private ShardMap? _map;
    private long _readAt;
    private Task<ShardMap>? _refreshing;

    private string StreamName => this.GetPrimaryKeyString();

    public Task<ShardMap> GetMap(long newerThan)
    {
        if (_map is { } map && (newerThan < map.Version || time.GetElapsedTime(_readAt) < RefreshInterval))
        {
            return Task.FromResult(map);
        }

        return _refreshing is { IsCompleted: false } ? _refreshing : _refreshing = RefreshMap();
    }

    private async Task<ShardMap> RefreshMap()
    {
        using var limit = new CancellationTokenSource(RefreshTimeout, time);
        try
        {
            var summary = await kinesis.DescribeStreamSummaryAsync(StreamName, limit.Token);
            var identity = new StreamIdentity(StreamName, summary.CreatedAt.ToUnixTimeSeconds(), summary.AccountId);
            var listed = await kinesis.ListShardsAsync(StreamName, filter: null, limit.Token);
            _readAt = time.GetTimestamp();
            return _map = Next(_map, identity, Array.ConvertAll(listed, ToShard));
        }
        catch (KinesisException e) when (e.ErrorCode == "ResourceNotFoundException")
        {
            // The next call asks again: a stream that is made in the meantime is found. And names that clients make up
            // are not to stay in memory.
            _map = null;
            DeactivateOnIdle();
            throw new StreamNotFoundException($"There is no stream '{StreamName}' in this account and region.", e);
        }
        catch (KinesisException e)
        {
            throw new StreamUnavailableException($"The shards of stream '{StreamName}' are not known: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new StreamUnavailableException($"The shards of stream '{StreamName}' are not known: no answer within {RefreshTimeout}.", e);
        }
    }

    /// <summary>
    /// The same shards keep their version. A new version is the time in ms, so that it also exceeds those that an
    /// earlier activation gave out.
    /// </summary>
    private ShardMap Next(ShardMap? previous, StreamIdentity identity, Shard[] shards)
    {
        if (previous is not null && previous.Stream == identity && IsSame(previous.Shards, shards))
        {
            return previous;
        }

        var version = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), (previous?.Version ?? 0) + 1);
        var map = new ShardMap(identity, version, shards);
        LogMap(StreamName, version, map.Open.Length, shards.Length);
        return map;
    }

    private static bool IsSame(Shard[] left, Shard[] right) =>
        left.Length == right.Length &&
        left.Zip(right).All(pair => pair.First.Id == pair.Second.Id && pair.First.IsOpen == pair.Second.IsOpen);

    private static Shard ToShard(ShardDescription shard) => new(
        shard.ShardId,
        new(HashKey.Parse(shard.StartingHashKey), HashKey.Parse(shard.EndingHashKey)),
        [.. new[] { shard.ParentShardId, shard.AdjacentParentShardId }.OfType<string>()],
        IsOpen: shard.EndingSequenceNumber is null);

    [LoggerMessage(LogLevel.Information, "Stream {Stream}: shard map version {Version}, {Open} open of {All} shards")]
    private partial void LogMap(string stream, long version, int open, int all);
}
