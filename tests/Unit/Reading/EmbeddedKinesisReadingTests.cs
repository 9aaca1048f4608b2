using System.Globalization;
using System.Text;
using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Local;
using DataProcessor.Grains.Aggregation;
using DataProcessor.Grains.Reading;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DataProcessor.Unit.Reading;

/// <summary>Writer, wire, embedded Kinesis and reader together, without a socket and in virtual time.</summary>
public sealed class EmbeddedKinesisReadingTests
{
    private const int Aggregates = 60;
    private const int PerAggregate = 5;

    [Fact]
    public void Readers_that_are_stopped_and_followed_handle_every_record_exactly_once_and_in_order()
    {
        using var world = new ReaderWorld();
        world.Run(async () =>
        {
            await using var service = await LocalKinesisServer.StartAsync(
                new() { Port = null, Streams = new Dictionary<string, int> { [ReaderWorld.Stream.Name] = 2 } },
                world.Time.Clock,
                NullLoggerFactory.Instance,
                CancellationToken.None);
            using var client = new KinesisClient(
                new() { Endpoint = service.Endpoint },
                new BasicAWSCredentials("key", "secret"),
                service.CreateHandler(),
                world.Time.Clock,
                new Random(1),
                NullLogger<KinesisClient>.Instance);
            var shards = (await client.ListShardsAsync(ReaderWorld.Stream.Name, null, CancellationToken.None))
                .Select(shard => new Shard(
                    shard.ShardId, new(HashKey.Parse(shard.StartingHashKey), HashKey.Parse(shard.EndingHashKey)), [], IsOpen: true))
                .ToArray();

            // Puts are not what is tested: only what readers call may fail.
            service.SetFaults(new(Seed: 1)
            {
                FailBefore = 0.05,
                ResetAfter = 0.05,
                ThrottleCall = 0.05,
                Delay = 0.2,
                Operations = new HashSet<string> { "GetRecords", "GetShardIterator" },
            });
            var producing = ProduceAsync(world, client, shards);
            var handled = await Task.WhenAll(shards.Select(shard => ReadAllAsync(world, service, shard)));
            await producing;

            var expected = Enumerable.Range(0, Aggregates * PerAggregate).Select(number => number.ToString(CultureInfo.InvariantCulture));
            Assert.All(handled, perShard => Assert.Equal(expected, perShard));
            Assert.All(
                [service.Counters.InjectedFailures, service.Counters.InjectedResetsAfter, service.Counters.InjectedCallThrottles],
                count => Assert.InRange(count, 1, long.MaxValue));
        });
    }

    private static async Task ProduceAsync(ReaderWorld world, KinesisClient client, Shard[] shards)
    {
        using var writer = new AggregateWriter(PerAggregate, incarnation: 1);
        for (var aggregate = 0; aggregate < Aggregates; aggregate++)
        {
            foreach (var shard in shards)
            {
                for (var i = 0; i < PerAggregate; i++)
                {
                    var data = Encoding.UTF8.GetBytes(((aggregate * PerAggregate) + i).ToString(CultureInfo.InvariantCulture));
                    var frame = new byte[RecordFrame.SizeOf(1, data.Length)];
                    RecordFrame.Write(frame, shard.Range.Middle, hasExplicitHashKey: true, isKeyless: false, "k"u8, data);
                    writer.Add(frame, int.MaxValue);
                }

                PutRecordsEntry[] entries = [writer.Finish((ulong)aggregate)];
                var results = await client.PutRecordsAsync(ReaderWorld.Stream.Name, entries, CancellationToken.None);
                Assert.Equal((true, shard.Id), (results[0].IsStored, results[0].ShardId));
                writer.Clear();
            }

            await world.Time.Pass(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>One reader after the other, each stopped after a second or two.</summary>
    private static async Task<List<string>> ReadAllAsync(ReaderWorld world, LocalKinesisServer service, Shard shard)
    {
        var handled = new List<string>();
        while (handled.Count < Aggregates * PerAggregate)
        {
            using var stop = new CancellationTokenSource();
            var processor = new RecordingProcessor();
            await using var reader = world.Reader(processor, service: service.CreateHandler(), shard: shard);
            var reading = reader.RunAsync(stop.Token);
            await world.Time.Pass(TimeSpan.FromSeconds(1.7));
            stop.Cancel();
            Assert.Equal(ReaderExit.Stopped, await reading);
            handled.AddRange(processor.Handled);
        }

        return handled;
    }
}
