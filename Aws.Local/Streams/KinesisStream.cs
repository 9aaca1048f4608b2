using DataProcessor.Aws.Local.Storage;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>A stream: its metadata, replaced on disk first, and its shards.</summary>
internal sealed partial class KinesisStream : IDisposable
{
    private readonly Lock _changing = new();
    private readonly ShardOpener _opener;
    private readonly StreamFolders? _folders;
    private readonly ILogger _logger;
    private Topology _topology;
    private bool _isAbandoned;

    /// <summary>Opens the shards; throws InvalidDataException on damage.</summary>
    /// <param name="info">Its metadata, stored already.</param>
    /// <param name="activeFromMs">Until then it is CREATING.</param>
    /// <param name="opener">Opens its shards, now and those of later reshards.</param>
    /// <param name="folders">Null keeps all in memory.</param>
    /// <param name="logger">For what fails on the disk.</param>
    public KinesisStream(StreamInfo info, long activeFromMs, ShardOpener opener, StreamFolders? folders, ILogger logger)
    {
        ActiveFromMs = activeFromMs;
        _opener = opener;
        _folders = folders;
        _logger = logger;
        _topology = new Topology(info, opener.OpenAll(info));
    }

    /// <summary>Metadata and shards of this moment.</summary>
    public Topology Topology => Volatile.Read(ref _topology);

    public StreamInfo Info => Topology.Info;

    public long ActiveFromMs { get; }

    public string Status(long nowMs) => nowMs < ActiveFromMs ? "CREATING" : Info.Pending is null ? "ACTIVE" : "UPDATING";

    /// <summary>Null if there is none, or it has expired.</summary>
    public Shard? FindShard(int index, long nowMs) =>
        Topology is var topology && topology.Find(index) is { } shard && !shard.Info.HasExpired(topology.Info.HorizonMs(nowMs)) ? shard : null;

    public Shard? FindShard(string shardId, long nowMs) =>
        ShardInfo.TryParse(shardId, out var index) ? FindShard(index, nowMs) : null;

    /// <summary>Replaces the metadata, unless <paramref name="change"/> throws. Null: the stream is being deleted.</summary>
    public StreamInfo? Update(Func<StreamInfo, StreamInfo> change)
    {
        lock (_changing)
        {
            if (_isAbandoned)
            {
                return null;
            }

            var next = change(Info);
            _folders?.Save(next);
            Volatile.Write(ref _topology, Topology.With(next));
            return next;
        }
    }

    /// <summary>Deletes what has expired: segments, and closed shards as a whole.</summary>
    public void DeleteExpired(long nowMs)
    {
        var horizonMs = Info.HorizonMs(nowMs);
        var expired = Topology.Shards.Where(shard => shard.Info.HasExpired(horizonMs)).ToHashSet();
        if (expired.Count > 0)
        {
            Update(info => info with { Shards = [.. info.Shards.Where(shard => !shard.HasExpired(horizonMs))] });
        }

        foreach (var shard in expired)
        {
            shard.Subscriptions.End(null, null);
            shard.Abandon();
            _folders?.Delete(Info, shard.Info);
        }

        foreach (var shard in Topology.Shards)
        {
            shard.Log.DeleteExpired(Info.OldestVisibleMs(nowMs));
        }
    }

    /// <summary>Refuses all changes and puts from now on, waits for those on their way, and closes the files for deletion.</summary>
    public async ValueTask AbandonAsync(ServiceException reason)
    {
        await _resharding.WaitAsync();
        try
        {
            lock (_changing)
            {
                _isAbandoned = true;
            }

            foreach (var shard in Topology.Shards)
            {
                shard.Subscriptions.End(null, reason);
                await shard.AbandonAsync();
            }
        }
        finally
        {
            _resharding.Release();
        }
    }

    /// <param name="consumer">Null: of all consumers.</param>
    /// <param name="reason">What the subscribers are told; null: nothing.</param>
    public void EndSubscriptions(string? consumer = null, ServiceException? reason = null)
    {
        foreach (var shard in Topology.Shards)
        {
            shard.Subscriptions.End(consumer, reason);
        }
    }

    public void Dispose()
    {
        EndSubscriptions();
        foreach (var shard in Topology.Shards)
        {
            shard.Dispose();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A write to {ShardId} of {StreamName} failed; its records were refused with InternalFailure")]
    private partial void LogWriteFailed(Exception exception, string shardId, string streamName);

    [LoggerMessage(Level = LogLevel.Error, Message = "A split or merge of {StreamName} could not be stored; the stream stays UPDATING and the next call tries again")]
    private partial void LogReshardFailed(Exception exception, string streamName);
}
