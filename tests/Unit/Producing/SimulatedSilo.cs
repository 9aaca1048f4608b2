using System.Diagnostics.Metrics;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Producing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Unit.Producing;

/// <summary>What a silo has of the producing side, without Orleans: a producer for each shard and the stream's sender.</summary>
internal sealed class SimulatedSilo : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Sender _sender;
    private readonly Task _running;

    public SimulatedSilo(
        Simulation simulation, ShardMap map, PutRecords put, PutRecord putInOrder, ProducerOptions? options = null, FetchMap? fetchMap = null)
    {
        options ??= new();
        Simulation = simulation;
        Map = map;
        Instruments = new ProducerInstruments(_services.GetRequiredService<IMeterFactory>());
        Buffer = new(options);
        _sender = new(
            map.Stream.Name, put, putInOrder, options, simulation.Time, TaskScheduler.FromCurrentSynchronizationContext(),
            Instruments, NullLogger<Sender>.Instance);
        Producers = [.. map.Open.Select(shard => new ShardProducer(
            map, shard, _sender.SendAsync, _sender.Departures, Buffer, fetchMap ?? (_ => Task.FromResult(map)), options,
            simulation.Time, simulation.Random, Instruments.For(map.Stream.Name, shard.Id), NullLogger.Instance))];
        _running = Task.WhenAll(Producers.Select(producer => producer.RunAsync()));
    }

    public SimulatedSilo(Simulation simulation, SimulatedKinesis kinesis, ProducerOptions? options = null)
        : this(simulation, kinesis.Map, kinesis.PutRecordsAsync, NoPutRecord, options)
    {
    }

    public Simulation Simulation { get; }

    public ShardMap Map { get; }

    public ProducerInstruments Instruments { get; }

    public SiloBuffer Buffer { get; }

    /// <summary>One for each open shard of the map, in its order.</summary>
    public ShardProducer[] Producers { get; }

    /// <summary>Asks until the put is settled or refused, as the gateway does.</summary>
    public async Task<PutResponse> PutAsync(int shard, PutRequest request)
    {
        var response = await Producers[shard].PutAsync(request);
        while (response.Status == PutStatus.Pending)
        {
            response = await Producers[shard].AwaitAsync(request.Id);
        }

        return response;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Producers.Select(producer => producer.DrainAsync()));
        foreach (var producer in Producers)
        {
            producer.Dispose();
        }

        await _running;
        await _sender.DisposeAsync();
        await _services.DisposeAsync();
    }

    private static ValueTask<PutRecordResult> NoPutRecord(
        string streamName, PutRecordsEntry record, string? sequenceNumberForOrdering, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Only with strict ordering.");
}
