using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using Orleans;

namespace DataProcessor.Benchmarks;

/// <summary>
/// From a partition key to its shard, for a request of 500 records: the hash key is the MD5 of the key, which nobody can do
/// without; then the search in the shard map; and both with the grouping by shard that the gateway does.
/// </summary>
[MemoryDiagnoser]
public class RoutingBenchmark : IDisposable
{
    private const int Records = 500;
    private const int ChunkBytes = 64 * 1024;

    private readonly IncomingRecords _records = new();
    private readonly byte[][] _keys = [.. UserRecords.Of(Records, Keys.Distinct).Select(record => record.Key)];
    private HashKey[] _hashes = [];
    private int[] _positions = [];
    private StreamRoutes _routes = null!;

    [Params(5, 500)]
    public int Shards { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _hashes = Array.ConvertAll(_keys, key => HashKey.FromPartitionKey(key));
        var frames = UserRecords.Frames(Records, Keys.Distinct);
        for (var offset = 0; offset < frames.Length;)
        {
            var length = RecordFrame.Read(frames.AsSpan(offset)).Length;
            frames.AsSpan(offset, length).CopyTo(_records.Reserve(length));
            _records.Add(length);
            offset += length;
        }

        _positions = _records.Open();
        _routes = StreamRoutes.Of(EvenMap(Shards), older: null, DispatchProxy.Create<IGrainFactory, NoGrains>(), long.MaxValue);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Records)]
    public HashKey Hash()
    {
        var last = default(HashKey);
        foreach (var key in _keys)
        {
            last = HashKey.FromPartitionKey(key);
        }

        return last;
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public int Find()
    {
        var sum = 0;
        foreach (var hash in _hashes)
        {
            sum += _routes.Map.IndexOf(hash);
        }

        return sum;
    }

    /// <summary>Find and group; the hash keys are in the frames, made by the parser.</summary>
    [Benchmark(OperationsPerInvoke = Records)]
    public int Route() => RecordRouter.Route(_records, _positions, _routes, ChunkBytes, timestamp: 0).Length;

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _records.Dispose();
    }

    private static ShardMap EvenMap(int shards)
    {
        var width = UInt128.MaxValue / (uint)shards;
        return new(new("stream", 1, "000000000000"), version: 1, [.. Enumerable.Range(0, shards).Select(i => new Shard(
            $"shardId-{i:D12}",
            new(new(width * (uint)i), i == shards - 1 ? HashKey.Max : new((width * (uint)(i + 1)) - 1)),
            Parents: [],
            IsOpen: true))]);
    }

    /// <summary>Routes hold a producer for each shard; routing does not call it.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "DispatchProxy derives from it.")]
    public class NoGrains : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => null;
    }
}
