using DataProcessor.Aws.Local.Limits;
using DataProcessor.Aws.Local.Storage;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>The streams of the account.</summary>
internal sealed class StreamCatalog : IDisposable
{
    /// <summary>As in the service.</summary>
    private const int MaxCreatingStreams = 5;
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, KinesisStream> _streams = new(StringComparer.Ordinal);
    private readonly LocalKinesisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly StreamFolders? _folders;
    private readonly StorageQuota _quota;
    private long _lastCreationMs;
    private long _nextExpiryMs;

    /// <summary>Recovers what is in the data folder and creates the configured streams that are missing.</summary>
    public StreamCatalog(LocalKinesisOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _time = time;
        _loggers = loggers;
        _quota = new StorageQuota(options.MaxDataBytes);
        _folders = options.DataFolder is { } path ? new StreamFolders(path, loggers.CreateLogger<StreamFolders>()) : null;
        try
        {
            _lastCreationMs = _folders?.LoadLastCreationMs() ?? 0;
            foreach (var info in _folders?.LoadStreams() ?? [])
            {
                _streams.Add(info.Name, Open(info, activeFromMs: long.MinValue));
            }

            foreach (var (name, shardCount) in options.Streams.Where(stream => !_streams.ContainsKey(stream.Key)))
            {
                Add(name, shardCount, options.MaxRecordSizeInKiB, TimeSpan.Zero);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string AccountId => _options.AccountId;

    public StorageQuota Quota => _quota;

    public long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public string ArnOf(string streamName) => $"arn:aws:kinesis:{_options.Region}:{_options.AccountId}:stream/{streamName}";

    public IReadOnlyList<KinesisStream> List()
    {
        lock (_gate)
        {
            return [.. _streams.Values];
        }
    }

    public KinesisStream? Find(string name)
    {
        lock (_gate)
        {
            return _streams.GetValueOrDefault(name);
        }
    }

    /// <summary>The stream, in whatever state.</summary>
    public KinesisStream Get(string name) => Find(name) ?? throw ServiceErrors.StreamNotFound(name, AccountId);

    /// <summary>The stream for its records' sake: while it is being created there are none.</summary>
    public KinesisStream GetActive(string name) =>
        Get(name) is var stream && NowMs >= stream.ActiveFromMs ? stream : throw ServiceErrors.StreamNotFound(name, AccountId);

    public void Create(string name, int shardCount, int maxRecordSizeInKiB)
    {
        lock (_gate)
        {
            if (_streams.ContainsKey(name))
            {
                throw ServiceErrors.ResourceInUse($"Stream {name} under account {AccountId} already exists.");
            }

            var now = NowMs;
            if (_streams.Values.Count(stream => now < stream.ActiveFromMs) >= MaxCreatingStreams)
            {
                throw ServiceErrors.LimitExceeded(
                    $"Limit of {MaxCreatingStreams} streams in state CREATING under account {AccountId} is reached.");
            }

            Add(name, shardCount, maxRecordSizeInKiB, _options.CreationLatency);
        }
    }

    public async ValueTask DeleteAsync(string name)
    {
        KinesisStream stream;
        lock (_gate)
        {
            stream = Get(name);
            if (NowMs < stream.ActiveFromMs)
            {
                throw ServiceErrors.ResourceInUse($"Stream {name} under account {AccountId} not ACTIVE, instead in state CREATING");
            }

            _streams.Remove(name);
        }

        foreach (var shard in stream.Shards)
        {
            await shard.AbandonAsync();
        }

        _folders?.Delete(stream.Info);
    }

    /// <summary>Deletes expired segments, at most once a minute.</summary>
    public void DeleteExpired()
    {
        var now = NowMs;
        if (now < Interlocked.Read(ref _nextExpiryMs))
        {
            return;
        }

        Interlocked.Exchange(ref _nextExpiryMs, now + (long)ExpiryInterval.TotalMilliseconds);
        foreach (var stream in List())
        {
            stream.DeleteExpired(now);
        }
    }

    public void Dispose()
    {
        foreach (var stream in List())
        {
            stream.Dispose();
        }

        _folders?.Dispose();
    }

    private void Add(string name, int shardCount, int maxRecordSizeInKiB, TimeSpan latency)
    {
        // Never the same twice: sequence numbers and iterators tell a stream from an earlier one of its name by it.
        _lastCreationMs = Math.Max(NowMs, _lastCreationMs + 1);
        _folders?.SaveLastCreationMs(_lastCreationMs);
        var info = StreamInfo.Create(name, shardCount, _lastCreationMs, _options.RetentionHours, maxRecordSizeInKiB);
        _folders?.Save(info);
        _streams.Add(name, Open(info, NowMs + (long)latency.TotalMilliseconds));
    }

    private KinesisStream Open(StreamInfo info, long activeFromMs)
    {
        var logger = _loggers.CreateLogger<KinesisStream>();
        var shards = new List<Shard>(info.Shards.Count);
        try
        {
            foreach (var shard in info.Shards)
            {
                shards.Add(Open(info, shard, logger));
            }

            return new KinesisStream(info, activeFromMs, [.. shards], logger);
        }
        catch
        {
            shards.ForEach(shard => shard.Dispose());
            throw;
        }
    }

    private Shard Open(StreamInfo stream, ShardInfo info, ILogger logger) => new(
        info,
        stream.CreationMs,
        _options.EnforceLimits ? new ShardLimits(_options.LimitModel, _time) : null,
        new SegmentStore(_folders?.FolderOf(stream, info), logger),
        _quota);
}
