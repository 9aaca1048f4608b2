using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DataProcessor.Unit.Simulation;

/// <summary>A process with what the readers of a silo share, and with the readers.</summary>
internal sealed class SimulatedSilo
{
    private readonly SimulatedWorld _world;
    private readonly KinesisClient _client;
    private readonly PageRoom _room;
    private readonly ReaderInstruments _instruments;

    public SimulatedSilo(SimulatedWorld world, string name)
    {
        (_world, Name) = (world, name);
        Process = new(world.Time);
        _client = world.NewClient();
        _room = new(Options.Create(world.Scenario.Reader), world.Meters);
        _instruments = new(world.Meters);
    }

    public string Name { get; }

    public SimulatedProcess Process { get; }

    /// <summary>Starts a reader; it may be one of several of its shard.</summary>
    public SimulatedReader Start(Shard shard)
    {
        var name = LeaseOwner.Name(Name, new Guid(_world.NextReader(), 0, 0, new byte[8]));
        var stop = new CancellationTokenSource();
        return new(name, shard, this, stop, Process.Do(() => RunAsync(name, shard, stop.Token)));
    }

    private async Task<ReaderExit> RunAsync(string name, Shard shard, CancellationToken stop)
    {
        var processor = _world.Plant.Processor(new SimulatedProcessor(_world, name), _world);
        var store = _world.Plant.Store(new SimulatedStore(_world.Leases, name, _world), _world);
        await using var scope = new NoScope();
        var reader = new ShardReader(new(
            _world.Stream,
            shard,
            _world.Plant.OwnerOf(name),
            _client,

            // Not the silo's: a SemaphoreSlim that is waited for with a token goes on on the thread pool.
            new StreamConsumers(_client, _world.Time.Clock, NullLogger<StreamConsumers>.Instance),
            _room,
            SimulatedWorld.Application,
            new LeaseTable(store, SimulatedWorld.Application, _world.Scenario.Reader.LeaseKeys),
            processor,
            scope,
            _world.Scenario.Reader,
            _world.Time.Clock,
            new Random(_world.Random.Next()),
            _instruments.For(SimulatedWorld.Application, SimulatedWorld.StreamName, shard.Id),
            NullLogger<ShardReader>.Instance));
        return await reader.RunAsync(stop);
    }

    private sealed class NoScope : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => default;
    }
}

/// <summary>A reader that runs, or ran.</summary>
/// <param name="Name">In the history.</param>
/// <param name="Shard">What it reads.</param>
/// <param name="Silo">Where.</param>
/// <param name="Cancellation">Of the reader's token.</param>
/// <param name="Exit">Never comes if the silo dies.</param>
internal sealed record SimulatedReader(
    string Name, Shard Shard, SimulatedSilo Silo, CancellationTokenSource Cancellation, Task<ReaderExit> Exit)
{
    /// <summary>A clean stop, as of a deactivation.</summary>
    public void Stop() => Silo.Process.Post(_ => Cancellation.Cancel(), null);
}
