using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace DataProcessor.Unit.Gateway;

/// <summary>A cluster of one stream whose producers keep what they are given, and fail as a test tells them to.</summary>
internal sealed class MemoryCluster : IStreamGrain
{
    public const string StreamName = "data-processing-stream";

    private readonly ConcurrentDictionary<string, MemoryProducer> _producers = new();
    private ShardMap _map;
    private int _missed;

    public MemoryCluster(int shards)
    {
        _map = Maps.Even(shards);
        Grains = DispatchProxy.Create<IGrainFactory, Factory>();
        ((Factory)(object)Grains).Cluster = this;
    }

    public IGrainFactory Grains { get; }

    /// <summary>What the next calls for the map throw.</summary>
    public ConcurrentQueue<Exception> MapFailures { get; } = new();

    public ConcurrentQueue<long> MapCalls { get; } = new();

    /// <summary>Calls for streams that do not exist: those whose name does not begin with <see cref="StreamName"/>.</summary>
    public int Missed => Volatile.Read(ref _missed);

    public ShardMap Map
    {
        get => Volatile.Read(ref _map);
        set => Volatile.Write(ref _map, value);
    }

    public MemoryProducer Producer(string shardId) => ProducerOf(Map.Stream.ProducerKey(shardId));

    public IEnumerable<(string Shard, StoredRecord Record)> Stored =>
        _producers.Values.SelectMany(producer => producer.Stored.Select(record => (producer.ShardId, record)));

    public int StoredCount => _producers.Values.Sum(producer => producer.Stored.Count);

    public Task<ShardMap> GetMap(long newerThan = 0)
    {
        MapCalls.Enqueue(newerThan);
        return MapFailures.TryDequeue(out var failure) ? Task.FromException<ShardMap>(failure) : Task.FromResult(Map);
    }

    public Task<ReshardResult> SplitShard(string shardId, HashKey at) => throw new NotSupportedException();

    public Task<ReshardResult> MergeShards(string shardId, string adjacentShardId) => throw new NotSupportedException();

    private MemoryProducer ProducerOf(string key) =>
        _producers.GetOrAdd(key, key => new MemoryProducer(key[(key.LastIndexOf(':') + 1)..]));

    /// <summary>Orleans' factory has 17 methods; the gateway calls one.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "DispatchProxy derives from it.")]
    internal class Factory : DispatchProxy
    {
        public MemoryCluster Cluster { get; set; } = null!;

        protected override object Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var (grain, key) = (targetMethod!.GetGenericArguments()[0], (string)args![0]!);
            return grain == typeof(IProducerGrain) ? Cluster.ProducerOf(key)
                : key.StartsWith(StreamName, StringComparison.Ordinal) ? Cluster
                : new MissingStream(Cluster);
        }
    }

    private sealed class MissingStream(MemoryCluster cluster) : IStreamGrain
    {
        public Task<ShardMap> GetMap(long newerThan = 0)
        {
            Interlocked.Increment(ref cluster._missed);
            return Task.FromException<ShardMap>(new StreamNotFoundException());
        }

        public Task<ReshardResult> SplitShard(string shardId, HashKey at) => throw new NotSupportedException();

        public Task<ReshardResult> MergeShards(string shardId, string adjacentShardId) => throw new NotSupportedException();
    }
}
