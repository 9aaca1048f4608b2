using System.Diagnostics.Metrics;
using System.Text;
using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Local;
using DataProcessor.Grains.Producing;
using DataProcessor.Unit.Aggregation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>Producers, a sender and the real client against the embedded Kinesis with its limits and failures, in simulated time.</summary>
public sealed class EmbeddedKinesisTests
{
    private const string Stream = "stream";
    private const int ShardCount = 3;

    [Theory]
    [InlineData(LimitModel.TokenBucket)]
    [InlineData(LimitModel.SlidingSecond)]
    public void A_flood_is_written_at_the_shards_rate_and_never_throttled(LimitModel model) => Simulation.Run(async simulation =>
    {
        await using var silo = await Silo.StartAsync(simulation, new(Seed: 1) { Delay = 1 }, model);
        var began = simulation.Time.GetTimestamp();

        var stored = await silo.PutAsync(clients: 30, requests: 10, recordsARequest: 200, dataSize: 200);

        var seconds = simulation.Time.GetElapsedTime(began).TotalSeconds;
        var counters = silo.Server.Counters;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{counters.BytesStored / seconds / ShardCount / 1024 / 1024:P1} of {ShardCount} shards over {seconds:F1} s, " +
            $"{counters.RecordsStored} Kinesis records in {counters.Calls["PutRecords"]} calls, {counters.RecordsThrottled} throttled");
        Assert.Equal(30 * 10 * 200, stored.Count);
        Assert.Equal(0, counters.RecordsThrottled + counters.CallsThrottled);
        await silo.AssertHoldsAsync(stored, mayRepeat: false);
    });

    [Fact]
    public void What_is_acknowledged_is_in_the_stream_whatever_the_service_does() => Simulation.Run(async simulation =>
    {
        await using var silo = await Silo.StartAsync(
            simulation,
            new(Seed: 7) { ThrottleRecord = 0.1, ThrottleCall = 0.05, FailBefore = 0.05, ResetBefore = 0.05, ResetAfter = 0.1, Delay = 0.5 },
            LimitModel.TokenBucket);

        var stored = await silo.PutAsync(clients: 10, requests: 40, recordsARequest: 20, dataSize: 100);

        var counters = silo.Server.Counters;
        Assert.True(counters.InjectedRecordThrottles > 0);
        Assert.True(counters.InjectedCallThrottles > 0);
        Assert.True(counters.InjectedFailures > 0);
        Assert.True(counters.InjectedResetsBefore > 0);
        Assert.True(counters.InjectedResetsAfter > 0);
        Assert.Equal(10 * 40 * 20, stored.Count);
        await silo.AssertHoldsAsync(stored, mayRepeat: true);
    });

    /// <summary>A record that was acknowledged: its data, and where it should be.</summary>
    private sealed record Stored(string Data, string ShardId, StreamPosition Position);

    /// <summary>What a silo has of the producing side, without Orleans.</summary>
    private sealed class Silo : IAsyncDisposable
    {
        private readonly Simulation _simulation;
        private readonly KinesisClient _client;
        private readonly Sender _sender;
        private readonly ShardMap _map;
        private readonly ShardProducer[] _producers;
        private readonly ServiceProvider _services;

        private Silo(Simulation simulation, LocalKinesisServer server, KinesisClient client, Shard[] shards)
        {
            (_simulation, Server, _client) = (simulation, server, client);
            _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
            var instruments = new ProducerInstruments(_services.GetRequiredService<IMeterFactory>());
            _sender = new(
                Stream, client.PutRecordsAsync, client.PutRecordAsync, new(), simulation.Time, TaskScheduler.FromCurrentSynchronizationContext(),
                instruments, NullLogger<Sender>.Instance);
            var buffer = new SiloBuffer(new());
            _map = new(new(Stream, 1, "000000000000"), 1, shards);
            _producers = [.. shards.Select(shard => new ShardProducer(
                _map, shard, _sender.SendAsync, _sender.Departures, buffer, _ => Task.FromResult(_map), new(), simulation.Time, simulation.Random,
                instruments.For(Stream, shard.Id), NullLogger.Instance))];
            Running = Task.WhenAll(_producers.Select(producer => producer.RunAsync()));
        }

        public LocalKinesisServer Server { get; }

        private Task Running { get; }

        public static async Task<Silo> StartAsync(Simulation simulation, LocalKinesisFaults faults, LimitModel model)
        {
            var options = new LocalKinesisOptions
            {
                Port = null,
                LimitModel = model,
                Streams = new Dictionary<string, int> { [Stream] = ShardCount },
                Faults = faults with { Operations = new HashSet<string> { "PutRecords" } },
            };
            var server = await LocalKinesisServer.StartAsync(options, simulation.Time, NullLoggerFactory.Instance, default);
            var client = new KinesisClient(
                new() { Endpoint = server.Endpoint }, new BasicAWSCredentials("local", "local"), server.CreateHandler(),
                simulation.Time, simulation.Random, NullLogger<KinesisClient>.Instance);
            var shards = await client.ListShardsAsync(Stream, ShardFilter.AtLatest, default);
            return new(simulation, server, client, [.. shards.Select(shard => new Shard(
                shard.ShardId, new(HashKey.Parse(shard.StartingHashKey), HashKey.Parse(shard.EndingHashKey)), [], IsOpen: true))]);
        }

        /// <summary>Clients that put one request after the other, dealt out to the shards as the gateway does.</summary>
        public async Task<List<Stored>> PutAsync(int clients, int requests, int recordsARequest, int dataSize)
        {
            List<Stored> stored = [];
            await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
            {
                for (var request = 0; request < requests; request++)
                {
                    var records = Enumerable.Range(0, recordsARequest).Select(
                        i => TestRecord.Of($"{client} {i % 17}", $"{client}/{request}/{i}/{new string('.', dataSize)}"));
                    var byShard = records.GroupBy(record => _map.IndexOf(record.HashKey));
                    foreach (var settled in await Task.WhenAll(byShard.Select(group => SettleAsync(_producers[group.Key], [.. group]))))
                    {
                        stored.AddRange(settled);
                    }
                }
            }));
            return stored;
        }

        /// <summary>Reads the stream back and compares.</summary>
        public async Task AssertHoldsAsync(List<Stored> stored, bool mayRepeat)
        {
            Dictionary<(string, StreamPosition), string> written = [];
            foreach (var shard in _map.Shards)
            {
                foreach (var record in await ReadAsync(shard.Id))
                {
                    var data = record.Data.ToArray();
                    var users = data.AsSpan().StartsWith<byte>([0xF3, 0x89, 0x9A, 0xC2])
                        ? AggregateWriterReference.Parse(data).Select(user => user.Data).ToArray()
                        : [data];
                    for (var i = 0; i < users.Length; i++)
                    {
                        written[(shard.Id, new(new(record.SequenceNumber), i))] = Encoding.UTF8.GetString(users[i]);
                    }
                }
            }

            Assert.All(stored, record => Assert.Equal(record.Data, written[(record.ShardId, record.Position)]));
            Assert.True(mayRepeat ? written.Count > stored.Count : written.Count == stored.Count);
        }

        public async ValueTask DisposeAsync()
        {
            await Task.WhenAll(_producers.Select(producer => producer.DrainAsync()));
            foreach (var producer in _producers)
            {
                producer.Dispose();
            }

            await Running;
            await _sender.DisposeAsync();
            await Server.DisposeAsync();
            _client.Dispose();
            await _services.DisposeAsync();
        }

        private async Task<List<Stored>> SettleAsync(ShardProducer producer, TestRecord[] records)
        {
            var put = Puts.Of(records);
            var response = await producer.PutAsync(put);
            while (response.Status is PutStatus.Pending or PutStatus.Busy)
            {
                await _simulation.PassAsync(response.RetryAfter);
                response = response.Status == PutStatus.Busy ? await producer.PutAsync(put) : await producer.AwaitAsync(put.Id);
            }

            Assert.All(response.Runs, run => Assert.Equal(PutOutcome.Stored, run.Outcome));
            return [.. response.Runs.SelectMany(run => Enumerable.Range(0, run.Count).Select(i => new Stored(
                Encoding.UTF8.GetString(records[run.First + i].Data), run.ShardId!, new(run.SequenceNumber, run.SubSequenceNumber + i))))];
        }

        private async Task<List<KinesisRecord>> ReadAsync(string shardId)
        {
            List<KinesisRecord> records = [];
            var iterator = await _client.GetShardIteratorAsync(Stream, shardId, ShardIteratorStart.TrimHorizon, default);
            while (true)
            {
                var page = await _client.GetRecordsAsync(iterator, 10_000, default);
                records.AddRange(page.Records);
                if (page.MillisBehindLatest == 0)
                {
                    return records;
                }

                iterator = page.NextShardIterator!;
            }
        }
    }
}
