using DataProcessor.Aws.Kinesis;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace DataProcessor.Grains.Topology;

/// <summary>
/// Reads the shard map from the service and numbers its versions. Calls interleave: while the service does not answer,
/// callers whom the map in hand suffices have it at once, and those who need a newer one share one read; and producers ask
/// for the map while a split waits for them.
/// </summary>
[Reentrant]
internal sealed partial class StreamGrain(KinesisClient kinesis, TimeProvider time, ILogger<StreamGrain> logger)
    : Grain, IStreamGrain
{
    private const string NoStream = "ResourceNotFoundException";

    /// <summary>However many callers find their map stale, the service is asked once in this time.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The same while a split or merge is under way, when everybody's map is about to be stale: with the looks of the
    /// operation itself well below the 20 calls a second of DescribeStreamSummary.
    /// </summary>
    private static readonly TimeSpan ReshardingRefreshInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest read, with the client's retries: under the call's time-out of 5 s, so that callers learn the reason.</summary>
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(4);

    private ShardMap? _map;
    private long _readAt;
    private Task<ShardMap>? _reading;
    private Task _telling = Task.CompletedTask;

    private TimeSpan RereadsAfter => _isResharding ? ReshardingRefreshInterval : RefreshInterval;

    private string StreamName => this.GetPrimaryKeyString();

    public async Task<ShardMap> GetMap(long newerThan)
    {
        if (_map is { } known && newerThan >= known.Version && _isResharding)
        {
            // The new shards are there any moment: this wait saves the caller a longer one.
            await Task.Delay(FirstLook, time);
        }

        return _map is { } map && (newerThan < map.Version || time.GetElapsedTime(_readAt) < RereadsAfter)
            ? map
            : await JoinRead();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _telling.WaitAsync(cancellationToken);

    /// <summary>Callers that find their map stale at the same time wait for one read.</summary>
    private Task<ShardMap> JoinRead() => _reading is { IsCompleted: false } reading ? reading : _reading = ReadMap();

    /// <summary>The map as the service shows it now, not as a read that began earlier found it.</summary>
    private async Task<ShardMap> Refresh()
    {
        if (_reading is { IsCompleted: false } earlier)
        {
            await Task.WhenAny(earlier);
        }

        return await JoinRead();
    }

    private async Task<ShardMap> ReadMap()
    {
        using var limit = new CancellationTokenSource(ReadTimeout, time);
        try
        {
            var summary = await kinesis.DescribeStreamSummaryAsync(StreamName, limit.Token);
            var identity = new StreamIdentity(StreamName, summary.CreatedAt.ToUnixTimeSeconds(), summary.AccountId);
            var listed = await kinesis.ListShardsAsync(StreamName, filter: null, limit.Token);
            _readAt = time.GetTimestamp();
            var previous = _map;
            _map = Next(previous, identity, Array.ConvertAll(listed, ToShard), summary.MaxRecordSizeInKiB * 1024);
            TellClosed(previous, _map);
            return _map;
        }
        catch (KinesisException e) when (e.ErrorCode == NoStream)
        {
            // The next call asks again: a stream that is made in the meantime is found. And names that clients make up
            // are not to stay in memory.
            _map = null;
            DeactivateOnIdle();
            throw new StreamNotFoundException($"There is no stream '{StreamName}' in this account and region.", e);
        }
        catch (Exception e) when (e is KinesisException or ArgumentException)
        {
            // No answer, or shards with a hole between them: half of a reshard shows already.
            throw new StreamUnavailableException($"The shards of stream '{StreamName}' are not known: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new StreamUnavailableException($"The shards of stream '{StreamName}' are not known: no answer within {ReadTimeout}.", e);
        }
    }

    /// <summary>
    /// The same shards and limit keep their version. A new version is the time in ms, so that it also exceeds those that an
    /// earlier activation gave out.
    /// </summary>
    private ShardMap Next(ShardMap? previous, StreamIdentity identity, Shard[] shards, int maxRecordSize)
    {
        if (previous is not null && previous.Stream == identity && previous.MaxRecordSize == maxRecordSize && IsSame(previous.Shards, shards))
        {
            return previous;
        }

        var version = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), (previous?.Version ?? 0) + 1);
        var map = new ShardMap(identity, version, shards, announced: null, maxRecordSize);
        LogMap(StreamName, version, map.Open.Length, shards.Length);
        return map;
    }

    /// <summary>Shards that others split or merged: their producers stop packing across the new borders.</summary>
    private void TellClosed(ShardMap? previous, ShardMap map)
    {
        if (_isResharding || previous is null || previous.Stream != map.Stream || previous.Version == map.Version)
        {
            return;
        }

        var closed = previous.Open.Where(shard => !map.Shards.Any(now => now.Id == shard.Id && now.IsOpen)).Select(shard => shard.Id);
        _telling = TellProducers(map, [.. closed]);
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
