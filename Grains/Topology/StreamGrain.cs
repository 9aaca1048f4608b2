using DataProcessor.Aws.Kinesis;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Topology;

/// <summary>Reads the shard map from the service and numbers its versions.</summary>
internal sealed partial class StreamGrain(KinesisClient kinesis, TimeProvider time, ILogger<StreamGrain> logger)
    : Grain, IStreamGrain
{
    /// <summary>However many callers find their map stale, the service is asked once in this time.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private ShardMap? _map;
    private long _readAt;

    private string StreamName => this.GetPrimaryKeyString();

    // Calls are not interleaved, so callers that find their map stale at the same time wait for one refresh.
    public async Task<ShardMap> GetMap(long newerThan)
    {
        if (_map is null)
        {
            return _map = await ReadMap(previous: null);
        }

        if (newerThan >= _map.Version && time.GetElapsedTime(_readAt) >= RefreshInterval)
        {
            _map = await ReadMap(_map);
        }

        return _map;
    }

    private async Task<ShardMap> ReadMap(ShardMap? previous)
    {
        try
        {
            var summary = await kinesis.DescribeStreamSummaryAsync(StreamName, CancellationToken.None);
            var identity = new StreamIdentity(StreamName, summary.CreatedAt.ToUnixTimeSeconds(), summary.AccountId);
            var listed = await kinesis.ListShardsAsync(StreamName, filter: null, CancellationToken.None);
            _readAt = time.GetTimestamp();
            return Next(previous, identity, Array.ConvertAll(listed, ToShard));
        }
        catch (KinesisException e) when (e.ErrorCode == "ResourceNotFoundException")
        {
            // The next call asks again: a stream that is made in the meantime is found.
            _map = null;
            throw new StreamNotFoundException($"There is no stream '{StreamName}' in this account and region.", e);
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
