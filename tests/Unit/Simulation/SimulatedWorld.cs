using System.Diagnostics.Metrics;
using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Local;
using DataProcessor.Grains.Storage;
using DataProcessor.Unit.Reading;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Unit.Simulation;

/// <summary>What one run has to itself: time, chance, service, store, history. Nothing of it is shared with another run.</summary>
internal sealed class SimulatedWorld : IAsyncDisposable
{
    public const string StreamName = "orders";
    public const string Application = "app";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Dictionary<string, Parcel> _parcels = [];
    private readonly HashSet<SentRecord> _acknowledged = [];
    private readonly Dictionary<Place, int> _processed = [];
    private readonly List<Task> _watched = [];
    private readonly SimulatedProcess _kinesis;
    private readonly LocalKinesisServer _server;
    private bool _isHealed;
    private int _readers;

    private SimulatedWorld(Scenario scenario, PlantedBug plant, VirtualTime time, LocalKinesisServer server)
    {
        (Scenario, Plant, Time, _server) = (scenario, plant, time, server);
        _kinesis = new(time);
        Store = new(time);
        Random = new(scenario.Seed);
        History = new(time.Clock);
        Stream = new(StreamName, time.Clock.GetUtcNow().ToUnixTimeSeconds(), "000000000000");
        Leases = SqliteStore.Open(":memory:", time.Clock);
        Client = NewClient();
    }

    public Scenario Scenario { get; }

    public PlantedBug Plant { get; }

    public VirtualTime Time { get; }

    /// <summary>Of everything but the product's own jitter.</summary>
    public Random Random { get; }

    public History History { get; }

    public Totals Totals { get; } = new();

    public StreamIdentity Stream { get; }

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public LocalKinesisCounters Counters => _server.Counters;

    /// <summary>The store's process.</summary>
    public SimulatedProcess Store { get; }

    public SqliteStore Leases { get; }

    /// <summary>Of everybody but the readers.</summary>
    public KinesisClient Client { get; }

    public StoreFaults StoreFaults => _isHealed ? StoreFaults.None : Scenario.Store;

    public double ProcessorFaults => _isHealed ? 0 : Scenario.ProcessorFaults;

    public static async Task<SimulatedWorld> StartAsync(Scenario scenario, PlantedBug plant, VirtualTime time)
    {
        var options = new LocalKinesisOptions
        {
            Port = null,
            Streams = new Dictionary<string, int> { [StreamName] = scenario.Shards },
            EnforceLimits = scenario.EnforcesLimits,
            ReshardLatency = scenario.ReshardLatency,
            RegistrationLatency = scenario.RegistrationLatency,
        };
        return new(scenario, plant, time, await LocalKinesisServer.StartAsync(
            options, time.Clock, NullLoggerFactory.Instance, CancellationToken.None));
    }

    public KinesisClient NewClient() => new(
        new() { Endpoint = _server.Endpoint },
        new BasicAWSCredentials("key", "secret"),
        new SimulatedNetwork(_server.CreateHandler(), _kinesis, this),
        Time.Clock,
        new Random(Random.Next()),
        NullLogger<KinesisClient>.Instance);

    public int NextReader() => ++_readers;

    public bool Happens(double rate) => rate > 0 && Random.NextDouble() < rate;

    public Task PassUpTo(int milliseconds, CancellationToken cancellationToken = default) =>
        Task.Delay(TimeSpan.FromMilliseconds(Random.Next(milliseconds)), Time.Clock, cancellationToken);

    /// <summary>A task that nobody waits for: should it fail, the run does.</summary>
    public void Watch(Task task) => _watched.Add(task);

    public void ThrowIfWatchedFailed() => Task.WhenAll(_watched.Where(task => task.IsFaulted)).GetAwaiter().GetResult();

    /// <summary>Begins the service's faults.</summary>
    public void Hurt() => _server.SetFaults(Scenario.Service);

    /// <summary>From now on nothing fails.</summary>
    public void Heal()
    {
        _isHealed = true;
        _server.SetFaults(null);
    }

    public Parcel Pack(Packing packing, SentRecord[] records)
    {
        var parcel = Parcel.Of(packing, records, _parcels.Count, Stream.Epoch);
        _parcels.Add(parcel.Content, parcel);
        return parcel;
    }

    /// <exception cref="KeyNotFoundException">Nobody has sent this.</exception>
    public Parcel Recognise(ReadOnlyMemory<byte> data) => _parcels[Parcel.ContentOf(data.Span)];

    public bool IsAcknowledged(SentRecord record) => _acknowledged.Contains(record);

    public void Acknowledge(Place place, SentRecord record)
    {
        Totals[Seen.RecordsAcknowledged]++;
        _acknowledged.Add(record);
        History.Add(new Acknowledged(place, record.Key, record.Number));
    }

    public void Process(string reader, Place place, string key, int number)
    {
        var times = _processed[place] = _processed.GetValueOrDefault(place) + 1;
        Totals[Seen.RecordsProcessedAgain] += times > 1 ? 1 : 0;
        History.Add(new Processed(reader, place, key, number));
    }

    /// <summary>The shards by id; asks until there is an answer.</summary>
    public async Task<Dictionary<string, Shard>> ShardsAsync() =>
        (await MapAsync()).Shards.ToDictionary(shard => shard.Id);

    /// <summary>Asks until there is an answer, and one without a hole.</summary>
    public async Task<ShardMap> MapAsync()
    {
        while (true)
        {
            try
            {
                var shards = await Client.ListShardsAsync(StreamName, filter: null, CancellationToken.None);
                return new(Stream, version: 1, Array.ConvertAll(shards, ToShard));
            }
            catch (Exception exception) when (exception is KinesisException or ArgumentException)
            {
                await PassUpTo(1000);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Leases.Dispose();
        await _services.DisposeAsync();
    }

    private static Shard ToShard(ShardDescription shard) => new(
        shard.ShardId,
        new(HashKey.Parse(shard.StartingHashKey), HashKey.Parse(shard.EndingHashKey)),
        [.. new[] { shard.ParentShardId, shard.AdjacentParentShardId }.OfType<string>()],
        IsOpen: shard.EndingSequenceNumber is null);
}
