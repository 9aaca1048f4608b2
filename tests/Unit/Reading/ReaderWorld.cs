using System.Diagnostics.Metrics;
using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Unit.Reading;

/// <summary>A shard, a store, a clock, and readers among them: the real client and reader, only the service is scripted.</summary>
internal sealed class ReaderWorld : IDisposable
{
    /// <summary>Made when virtual time begins.</summary>
    public static readonly StreamIdentity Stream = new("orders", 1_735_689_600, "123456789012");
    public static readonly Shard Shard0 = new("shardId-000000000000", new(HashKey.Min, HashKey.Max), [], IsOpen: true);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _counts = [];
    private readonly SqliteStore _store;
    private readonly int _seed;
    private int _readers;

    public ReaderWorld(int seed = 0)
    {
        _seed = seed;
        Time = new(seed);
        Shard = new(Time.Clock);
        _store = SqliteStore.Open(":memory:", Time.Clock);
        Store = new CountingStore(_store);
        var meters = _services.GetRequiredService<IMeterFactory>();
        Instruments = new(meters);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            Count(instrument.Name, value);
            foreach (var (name, tag) in tags)
            {
                if (name is "outcome" or "reason")
                {
                    Count($"{instrument.Name}/{tag}", value);
                }
            }
        });
        _listener.Start();
    }

    public VirtualTime Time { get; }

    public ScriptedShard Shard { get; }

    public CountingStore Store { get; }

    public ReaderInstruments Instruments { get; }

    public ReaderOptions Options { get; } = new() { Reader = ReaderKind.Polling };

    /// <summary>Of the silo; made with <see cref="Options"/> as they are at the first use.</summary>
    public PageRoom Room => field ??= new(Microsoft.Extensions.Options.Options.Create(Options), _services.GetRequiredService<IMeterFactory>());

    /// <param name="instrument">A name, or <c>name/outcome</c>, <c>name/reason</c>.</param>
    public long Counted(string instrument) => _counts.GetValueOrDefault(instrument);

    public void Run(Func<Task> work) => Time.Run(work, Limit);

    public void Run(Func<Task> work, TimeSpan limit) => Time.Run(work, limit);

    public ShardReader Reader(
        IRecordProcessor processor, IConditionalStore? store = null, HttpMessageHandler? service = null, Shard? shard = null)
    {
        var name = LeaseOwner.Name($"reader-{++_readers}", new Guid(_readers, 0, 0, new byte[8]));
        var client = new KinesisClient(
            new() { Endpoint = new("http://127.0.0.1:4567"), MaxAttempts = 1 },
            new BasicAWSCredentials("key", "secret"),
            service ?? Shard,
            Time.Clock,
            new Random(_seed),
            NullLogger<KinesisClient>.Instance);
        return new(new(
            Stream,
            shard ?? Shard0,
            name,
            client,
            new StreamConsumers(client, Time.Clock, NullLogger<StreamConsumers>.Instance),
            Room,
            "app",
            new LeaseTable(store ?? Store, "app"),
            processor,
            _services.CreateAsyncScope(),
            Options,
            Time.Clock,
            new Random(_seed + _readers),
            Instruments.For("app", Stream.Name, Shard0.Id),
            NullLogger<ShardReader>.Instance));
    }

    public async Task<Lease> Lease() => (await new LeaseTable(_store, "app").ListAsync(Stream, CancellationToken.None))
        .Single(lease => lease.Key == Stream.LeaseKey(Shard0.Id));

    private void Count(string name, long value) => _counts[name] = _counts.GetValueOrDefault(name) + value;

    public void Dispose()
    {
        _listener.Dispose();
        _store.Dispose();
        _services.Dispose();
        Shard.Dispose();
    }
}
