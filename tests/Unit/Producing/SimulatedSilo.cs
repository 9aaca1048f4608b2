using System.Diagnostics.Metrics;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Producing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Unit.Producing;

/// <summary>What a silo has of the producing side, without Orleans: the stream's sender and its shards' producers.</summary>
internal sealed class SimulatedSilo : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ProducerOptions _options;
    private readonly ProducerInstruments _instruments;
    private readonly Sender _sender;
    private readonly Dictionary<string, (ShardProducer Producer, Task Running)> _producers = [];
    private readonly List<ShardProducer> _all = [];

    public SimulatedSilo(Simulation simulation, ShardMap map, PutRecords put, PutRecord putInOrder, ProducerOptions? options = null)
    {
        _options = options ?? new();
        Simulation = simulation;
        Map = map;
        FetchMap = _ => Task.FromResult(Map);
        Buffer = new(_options);
        _instruments = new ProducerInstruments(_services.GetRequiredService<IMeterFactory>());
        _sender = new(
            map.Stream.Name, put, putInOrder, _options, simulation.Time, TaskScheduler.FromCurrentSynchronizationContext(),
            _instruments, NullLogger<Sender>.Instance);
        SendRecord = _sender.SendAsync;
    }

    public SimulatedSilo(Simulation simulation, SimulatedKinesis kinesis, ProducerOptions? options = null)
        : this(simulation, kinesis.Map, kinesis.PutRecordsAsync, NoPutRecord, options)
    {
    }

    public Simulation Simulation { get; }

    /// <summary>What puts are routed by, and producers begin with.</summary>
    public ShardMap Map { get; set; }

    public FetchMap FetchMap { get; set; }

    /// <summary>How producers send: by the sender, unless something is put between.</summary>
    public SendRecord SendRecord { get; set; }

    public SiloBuffer Buffer { get; }

    /// <summary>Inversions that all producers have counted, those that have moved included.</summary>
    public long Inversions => _all.Sum(producer => producer.Inversions);

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    /// <summary>The shard's producer, begun when it is first asked for, as a grain is.</summary>
    public ShardProducer ProducerOf(string shardId)
    {
        if (!_producers.TryGetValue(shardId, out var known))
        {
            var producer = new ShardProducer(
                Map, Map.Find(shardId), SendRecord, _sender.Departures, Buffer, newerThan => FetchMap(newerThan), _options,
                Simulation.Time, Simulation.Random, _instruments.For(Map.Stream.Name, shardId), NullLogger.Instance);
            _producers.Add(shardId, known = (producer, producer.RunAsync()));
            _all.Add(producer);
        }

        return known.Producer;
    }

    /// <summary>Moves a producer away and back.</summary>
    public async Task MoveAsync(string shardId)
    {
        var (producer, running) = _producers[shardId];
        await producer.DrainAsync();
        _producers.Remove(shardId);
        producer.Dispose();
        await running;
        if (producer.LastStored is { } last)
        {
            ProducerOf(shardId).Continue(last);
        }
    }

    /// <summary>Asks until the put is settled or refused, as the gateway does.</summary>
    public async Task<PutResponse> PutAsync(string shardId, PutRequest request)
    {
        var producer = ProducerOf(shardId);
        var response = await producer.PutAsync(request);
        while (response.Status == PutStatus.Pending)
        {
            response = await producer.AwaitAsync(request.Id);
        }

        return response;
    }

    public Task<PutResponse> PutAsync(int openShard, PutRequest request) => PutAsync(Map.Open[openShard].Id, request);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_producers.Values.Select(known => known.Producer.DrainAsync()));
        foreach (var (producer, running) in _producers.Values)
        {
            producer.Dispose();
            await running;
        }

        await _sender.DisposeAsync();
        await _services.DisposeAsync();
    }

    private static ValueTask<PutRecordResult> NoPutRecord(
        string streamName, PutRecordsEntry record, string? sequenceNumberForOrdering, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Only with strict ordering.");
}
