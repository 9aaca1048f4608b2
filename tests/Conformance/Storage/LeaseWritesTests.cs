using System.Diagnostics.Metrics;
using DataProcessor.Conformance.Harness;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DataProcessor.Conformance.Storage;

/// <summary>What leases cost, counted where DynamoDB's bill is: at the server.</summary>
public sealed class LeaseWritesTests(ForeignParts foreign, ITestOutputHelper output)
{
    private const int Minutes = 10;

    private static readonly StreamIdentity Stream = new("orders", 1_700_000_000, "123456789012");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_busy_shard_writes_six_times_a_minute_an_idle_one_never_and_a_takeover_reads_consistently()
    {
        await using var proxy = await CountingProxy.StartAsync(await foreign.DynamoDbLocalAsync(), Token);
        using var client = DynamoDbLocal.Client(proxy.Endpoint, $"test{Guid.NewGuid():N}");
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var instruments = new ReaderInstruments(services.GetRequiredService<IMeterFactory>());
        var (time, leases) = (new FakeTimeProvider(), new LeaseTable(new DynamoDbStore(client, TimeProvider.System), "app"));
        var (busy, busyKey) = await BeginAsync(leases, instruments, time, "shardId-000000000000");
        var (idle, idleKey) = await BeginAsync(leases, instruments, time, "shardId-000000000001");
        Assert.All(proxy.Calls.Where(call => call.Operation == "GetItem"), call => Assert.True((bool)call.Body["ConsistentRead"]!));
        proxy.Calls.Clear();

        for (var second = 1; second <= Minutes * 60; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            busy.Advance(new(new($"{1000 + second}"), 0));
            await busy.WriteIfDueAsync(Token);
            await idle.WriteIfDueAsync(Token);
        }

        var written = proxy.Written().CountBy(key => key).ToDictionary();
        output.WriteLine($"Writes a minute: busy {written[busyKey] / (double)Minutes}, idle {written.GetValueOrDefault(idleKey) / (double)Minutes}; KCL 18.1");
        Assert.Equal(6 * Minutes, written[busyKey]);
        Assert.False(written.ContainsKey(idleKey));
        Assert.Equal(proxy.Calls.Count, written[busyKey]); // and no reads
        foreign.Cases.Add("lease writes counted in front of DynamoDB Local");
    }

    private static async Task<(CheckpointCursor Cursor, string Key)> BeginAsync(
        LeaseTable leases, ReaderInstruments instruments, TimeProvider time, string shardId)
    {
        var shard = new Shard(shardId, new(HashKey.Min, HashKey.Max), [], IsOpen: true);
        var lease = await leases.GetOrCreateAsync(Stream, shard, Checkpoint.TrimHorizon, Token);
        var cursor = new CheckpointCursor(
            leases, new(), new(), time, instruments.For("app", Stream.Name, shardId), NullLogger.Instance);
        cursor.Begin((await leases.TakeAsync(lease, LeaseOwner.Name("silo", Guid.NewGuid()), Token)).Lease!);
        return (cursor, lease.Key);
    }
}
