using System.Diagnostics.Metrics;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Benchmarks;

/// <summary>
/// What a batch costs the checkpoint cursor: nearly always only to remember its position, and once in an interval a
/// conditional write, here to SQLite in memory. The baseline is that write without cursor and lease table.
/// </summary>
[MemoryDiagnoser]
public class CheckpointBenchmark : IDisposable
{
    private const string Key = "bare";

    private static readonly StoreTable Table = new("bare", "key");
    private static readonly StreamIdentity Stream = new("stream", 1_700_000_000, "000000000000");
    private static readonly Shard Shard = new("shardId-000000000000", new(HashKey.Min, HashKey.Max), [], IsOpen: true);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SqliteStore _store = SqliteStore.Open(":memory:", TimeProvider.System);
    private CheckpointCursor _idle = null!;
    private CheckpointCursor _eager = null!;
    private long _written;
    private long _position;

    [GlobalSetup]
    public async Task Setup()
    {
        _idle = await BeginAsync("idle", TimeSpan.FromDays(1));
        _eager = await BeginAsync("eager", TimeSpan.Zero);
        await _store.UpdateIfAsync(Table, Key, new ItemUpdate().Set("counter", 0), WriteCondition.ItemAbsent, CancellationToken.None);
    }

    [Benchmark(Baseline = true)]
    public async ValueTask<bool> BareWrite()
    {
        var condition = WriteCondition.Equal("counter", AttributeValue.Number(_written));
        var update = new ItemUpdate().Set("counter", ++_written).Set("checkpoint", "49650000000000000000000000000000000000000000000000000050");
        return (await _store.UpdateIfAsync(Table, Key, update, condition, CancellationToken.None)).Succeeded;
    }

    [Benchmark]
    public async ValueTask<bool> Write()
    {
        _eager.Advance(NextPosition());
        await _eager.WriteIfDueAsync(CancellationToken.None);
        return !_eager.IsLeaseLost;
    }

    [Benchmark]
    public ValueTask Advance()
    {
        _idle.Advance(new(new("49650000000000000000000000000000000000000000000000000050"), ++_position));
        return _idle.WriteIfDueAsync(CancellationToken.None);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _store.Dispose();
        _services.Dispose();
    }

    private StreamPosition NextPosition() =>
        new(new((++_position).ToString("D56", CultureInfo.InvariantCulture)), SubSequenceNumber: 0);

    private async Task<CheckpointCursor> BeginAsync(string application, TimeSpan interval)
    {
        var leases = new LeaseTable(_store, application);
        var lease = await leases.GetOrCreateAsync(Stream, Shard, Checkpoint.TrimHorizon, CancellationToken.None);
        var taken = (await leases.TakeAsync(lease, "reader", CancellationToken.None)).Lease!;
        var cursor = new CheckpointCursor(
            leases,
            new() { CheckpointInterval = interval },
            new(),
            TimeProvider.System,
            new ReaderInstruments(_services.GetRequiredService<IMeterFactory>()).For("benchmark", Stream.Name, Shard.Id),
            NullLogger.Instance);
        cursor.Begin(taken);
        return cursor;
    }
}
