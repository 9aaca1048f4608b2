using System.Diagnostics.Metrics;
using DataProcessor.Grains.Producing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>A producer of the shard "whole" (all hash keys unless said otherwise) in a simulation.</summary>
internal sealed class ProducerFixture : IAsyncDisposable
{
    public const string ShardId = "shardId-000000000000";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Task _running;

    public ProducerFixture(Simulation simulation, ProducerOptions? options = null)
    {
        Simulation = simulation;
        Map = MapOf(1, Whole);
        Shards = new(simulation, Map.Shards);
        Departures = new(options ?? new(), simulation.Time);
        Silo = new(options ?? new());
        Producer = ProducerOf(Map, Whole, options);
        _running = Producer.RunAsync();
    }

    public static Shard Whole { get; } = new(ShardId, new(HashKey.Min, HashKey.Max), [], IsOpen: true);

    /// <summary>First hash key of the upper half.</summary>
    public static HashKey Half { get; } = new(UInt128.One << 127);

    /// <summary>The two halves that <see cref="Whole"/> is split into.</summary>
    public static Shard[] Children { get; } =
    [
        new("shardId-000000000001", new(HashKey.Min, new(Half.Value - 1)), [ShardId], IsOpen: true),
        new("shardId-000000000002", new(Half, HashKey.Max), [ShardId], IsOpen: true),
    ];

    public Simulation Simulation { get; }

    public SimulatedShards Shards { get; }

    public ShardProducer Producer { get; }

    public Departures Departures { get; }

    public SiloBuffer Silo { get; }

    /// <summary>What the producer gets when it asks for a newer map.</summary>
    public ShardMap Map { get; private set; }

    public static ShardMap MapOf(long version, params Shard[] shards) => new(new("stream", 1, "000000000000"), version, shards);

    public bool IsMapAvailable { get; set; } = true;

    public ShardProducer ProducerOf(ShardMap map, Shard shard, ProducerOptions? options = null) => new(
        map,
        shard,
        Shards.SendAsync,
        Departures,
        Silo,
        _ => IsMapAvailable ? Task.FromResult(Map) : Task.FromException<ShardMap>(new TimeoutException("No map.")),
        options ?? new(),
        Simulation.Time,
        Simulation.Random,
        new ProducerInstruments(_services.GetRequiredService<IMeterFactory>()).For("stream", shard.Id),
        NullLogger.Instance);

    /// <summary>The silo is busy: records wait for others, 57 ms by default and 6 ms when none come.</summary>
    public void ExpectCompany()
    {
        for (var i = 0; i < 1000; i++)
        {
            Departures.OnPut(Simulation.Time.Monotonic());
        }
    }

    /// <summary>Splits the shard in the service, as others would: nobody tells the producer.</summary>
    public void Split()
    {
        Map = MapOf(2, [Whole with { IsOpen = false }, .. Children]);
        Shards.Shards = Children;
    }

    /// <summary>Puts and waits as the gateway does, until the put is settled or refused.</summary>
    public async Task<PutResponse> SettleAsync(PutRequest request)
    {
        var response = await Producer.PutAsync(request);
        while (response.Status == PutStatus.Pending)
        {
            response = await Producer.AwaitAsync(request.Id);
        }

        return response;
    }

    public async ValueTask DisposeAsync()
    {
        Producer.Dispose();
        await _running;
        await _services.DisposeAsync();
        Assert.Empty(Shards.Violations);
    }
}
