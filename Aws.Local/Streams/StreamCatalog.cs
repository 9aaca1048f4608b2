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
    private readonly ILogger _logger;
    private readonly StreamFolders? _folders;
    private readonly ShardOpener _opener;
    private long _lastCreationMs;
    private long _nextExpiryMs;
    private bool _mayBeUpdating = true;

    /// <summary>Recovers what is in the data folder and creates the configured streams that are missing.</summary>
    public StreamCatalog(LocalKinesisOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        Time = time;
        _logger = loggers.CreateLogger<KinesisStream>();
        Quota = new StorageQuota(options.MaxDataBytes);
        _folders = options.DataFolder is { } path ? new StreamFolders(path, loggers.CreateLogger<StreamFolders>()) : null;
        _opener = new ShardOpener(options, time, _folders, Quota, loggers);
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

    public LocalKinesisOptions Options => _options;

    public string AccountId => _options.AccountId;

    public StorageQuota Quota { get; }

    public TimeProvider Time { get; }

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public long OpenShardCount => List().Sum(stream => (long)stream.Topology.OpenShardCount);

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

            CheckShardLimit(shardCount);
            Add(name, shardCount, maxRecordSizeInKiB, _options.CreationLatency);
        }
    }

    /// <summary>Throws LimitExceededException if the account may not have so many more.</summary>
    public void CheckShardLimit(long additional)
    {
        if (additional > 0 && OpenShardCount + additional > _options.ShardLimit)
        {
            throw ServiceErrors.ShardLimitExceeded(AccountId, _options.Region, OpenShardCount, _options.ShardLimit, additional);
        }
    }

    /// <param name="name">The stream.</param>
    /// <param name="withConsumers">False: one that has consumers is not deleted.</param>
    public async ValueTask DeleteAsync(string name, bool withConsumers)
    {
        KinesisStream stream;
        lock (_gate)
        {
            stream = Get(name);
            if (NowMs < stream.ActiveFromMs)
            {
                throw ServiceErrors.NotActive(name, AccountId, stream.Status(NowMs));
            }

            if (!withConsumers && stream.Info.Consumers.Count > 0)
            {
                throw ServiceErrors.ResourceInUse($"Stream {name} under account {AccountId} has consumers registered; set EnforceConsumerDeletion to delete it with them.");
            }

            _streams.Remove(name);
        }

        await stream.AbandonAsync(ServiceErrors.StreamNotFound(name, AccountId));
        _folders?.Delete(stream.Info);
    }

    /// <summary>When a reshard that begins now is to be carried out.</summary>
    public long ReshardDueMs => NowMs + (long)_options.ReshardLatency.TotalMilliseconds;

    /// <summary>Replaces a stream's metadata, unless <paramref name="change"/> throws.</summary>
    public StreamInfo Update(KinesisStream stream, Func<StreamInfo, StreamInfo> change) =>
        stream.Update(change) ?? throw ServiceErrors.StreamNotFound(stream.Info.Name, AccountId);

    /// <summary>Begins a split, merge or change of the shard count; see <see cref="KinesisStream.ReshardAsync"/>.</summary>
    public async ValueTask<StreamInfo> ReshardAsync(KinesisStream stream, Func<StreamInfo, StreamInfo> plan)
    {
        try
        {
            return await stream.ReshardAsync(plan, NowMs, AccountId) ?? throw ServiceErrors.StreamNotFound(stream.Info.Name, AccountId);
        }
        finally
        {
            Volatile.Write(ref _mayBeUpdating, true);
        }
    }

    /// <summary>Carries out the splits and merges that are due. Called before anything that could see them.</summary>
    public async ValueTask SettleAsync()
    {
        if (!Volatile.Read(ref _mayBeUpdating))
        {
            return;
        }

        Volatile.Write(ref _mayBeUpdating, false);
        foreach (var stream in List())
        {
            await stream.SettleAsync(NowMs);
            if (stream.Info.Pending is not null)
            {
                Volatile.Write(ref _mayBeUpdating, true);
            }
        }
    }

    /// <summary>Deletes expired segments, at most once a minute.</summary>
    public void DeleteExpired()
    {
        var now = NowMs;
        var due = Interlocked.Read(ref _nextExpiryMs);
        if (now < due || Interlocked.CompareExchange(ref _nextExpiryMs, now + (long)ExpiryInterval.TotalMilliseconds, due) != due)
        {
            return;
        }

        foreach (var stream in List())
        {
            stream.DeleteExpired(now);
        }
    }

    /// <summary>Lets the subscribers go before the server ends.</summary>
    public void EndSubscriptions()
    {
        foreach (var stream in List())
        {
            stream.EndSubscriptions();
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

    private KinesisStream Open(StreamInfo info, long activeFromMs) => new(info, activeFromMs, _opener, _folders, _logger);
}
