using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Local;
using DataProcessor.Grains.Producing;
using ServiceLimits = DataProcessor.Aws.Local.Limits.ShardLimits;

namespace DataProcessor.Unit.Producing;

/// <summary>
/// The service in a simulation of load: every shard has the embedded Kinesis' limits, records are counted and dropped,
/// and calls take as long as told, part of it before the limits see them and part after.
/// </summary>
internal sealed class SimulatedKinesis
{
    private const long HighestKey = 1_000_000;

    private readonly Simulation _simulation;
    private readonly ServiceLimits[] _limits;
    private readonly TimeSpan _began;
    private long _lastNumber = HighestKey;

    public SimulatedKinesis(Simulation simulation, int shards, LimitModel model = LimitModel.TokenBucket)
    {
        _simulation = simulation;
        _began = simulation.Time.Monotonic();
        _limits = [.. Enumerable.Range(0, shards).Select(_ => new ServiceLimits(model, simulation.Time))];
        var width = UInt128.MaxValue / (uint)shards;
        Map = ProducerFixture.MapOf(1, [.. Enumerable.Range(0, shards).Select(i => new Shard(
            $"shardId-{i:D12}",
            new(new(width * (uint)i), i == shards - 1 ? HashKey.Max : new((width * (uint)(i + 1)) - 1)),
            [],
            IsOpen: true))]);
        Seconds = [.. Enumerable.Range(0, shards).Select(_ => new List<Second>())];
    }

    public ShardMap Map { get; }

    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Up to so much is added to each call.</summary>
    public TimeSpan Jitter { get; set; }

    public int Calls { get; private set; }

    /// <summary>What a shard took and refused of ours in each second since the start.</summary>
    public List<Second>[] Seconds { get; }

    public async ValueTask<PutRecordsResultEntry[]> PutRecordsAsync(
        string streamName, ReadOnlyMemory<PutRecordsEntry> records, CancellationToken cancellationToken)
    {
        Calls++;
        var latency = Latency + (Jitter * _simulation.Random.NextDouble());
        var before = latency * _simulation.Random.NextDouble();
        await _simulation.PassAsync(before);
        var results = new PutRecordsResultEntry[records.Length];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Put(records.Span[i]);
        }

        await _simulation.PassAsync(latency - before);
        return results;
    }

    /// <summary>What somebody else puts: whether the shard takes it.</summary>
    public bool PutForeign(int shard, int bytes) => _limits[shard].TryWrite(bytes);

    /// <summary>The part of a shard's bytes that is ours, between two seconds.</summary>
    public double ShareOf(int shard, int from, int to) =>
        Seconds[shard][from..to].Sum(second => second.Bytes) / (double)(to - from) / ShardPacer.ShardBytesPerSecond;

    private PutRecordsResultEntry Put(in PutRecordsEntry record)
    {
        var shard = Map.IndexOf(HashKey.Parse(record.ExplicitHashKey!));
        var size = record.PartitionKey.Length + record.Data.Length;
        var seconds = Seconds[shard];
        while (seconds.Count <= (_simulation.Time.Monotonic() - _began).TotalSeconds)
        {
            seconds.Add(new());
        }

        if (!_limits[shard].TryWrite(size))
        {
            seconds[^1].Throttled++;
            return new(null, null, "ProvisionedThroughputExceededException", "Rate exceeded.");
        }

        seconds[^1].Records++;
        seconds[^1].Bytes += size;
        return new(Map.Shards[shard].Id, $"{++_lastNumber}", null, null);
    }

    internal sealed class Second
    {
        public long Bytes { get; set; }

        public int Records { get; set; }

        public int Throttled { get; set; }
    }
}
