using System.Globalization;
using System.Text;
using CsCheck;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using Xunit;

namespace DataProcessor.Unit.Reading;

/// <summary>
/// Fan-out readers killed at any moment, their subscriptions left behind, while the service's subscriptions break and the
/// store fails: simulated in virtual time, replayable from the seed.
/// </summary>
public sealed class ShardSubscriberCrashTests
{
    private const int Records = 100;

    [Fact]
    public void Through_crashes_and_broken_subscriptions_every_record_is_handled_at_least_once_and_in_order()
    {
        var (crashes, broken, refused, bridged) = (0L, 0L, 0L, 0L);
        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                using var world = new ReaderWorld(seed);
                var simulation = new Simulation(world, seed);
                world.Run(simulation.RunAsync);
                Assert.Empty(DeliveryChecker.Judge(simulation.Handled, Records));
                crashes += simulation.Crashes;
                broken += simulation.Broken;
                refused += world.Counted("dataprocessor.reader.subscribes/ResourceInUseException");
                bridged += world.Counted("dataprocessor.reader.bridged_pages");
            },
            iter: 15,
            threads: 1);
        Assert.All([crashes, broken, refused, bridged], count => Assert.InRange(count, 10, long.MaxValue));
    }

    private sealed class Simulation(ReaderWorld world, int seed)
    {
        private readonly Random _random = new(seed);

        public List<int> Handled { get; } = [];

        public int Crashes { get; private set; }

        public long Broken { get; private set; }

        public async Task RunAsync()
        {
            world.Options.Reader = ReaderKind.FanOut;
            world.Options.CheckpointInterval = TimeSpan.FromMilliseconds(500);
            world.Options.MaxRetryBackOff = TimeSpan.FromSeconds(2);
            await using var stream = await EmbeddedStream.StartAsync(world);
            stream.Service.SetFaults(new(seed)
            {
                DropSubscription = 0.05,
                FailSubscription = 0.05,
                ResetAfter = 0.05,
                Operations = new HashSet<string> { "SubscribeToShard", "GetRecords", "DescribeStreamConsumer" },
            });
            var producing = ProduceAsync(stream);
            while (Handled.Count == 0 || Handled.Max() < Records - 1)
            {
                var life = new Life();
                var reading = stream.Reader(new RecordingProcessor((batch, _) => ProcessAsync(life, batch)), Store(life))
                    .RunAsync(CancellationToken.None);
                await world.Time.Pass(TimeSpan.FromSeconds(_random.Next(1, 15)));
                Assert.False(reading.IsFaulted, reading.Exception?.ToString());
                life.IsKilled = true;
                Crashes++;
            }

            await producing;
            Broken = stream.Service.Counters.InjectedSubscriptionDrops + stream.Service.Counters.InjectedSubscriptionFailures;
        }

        private async Task ProduceAsync(EmbeddedStream stream)
        {
            for (var record = 0; record < Records; record++)
            {
                await stream.PutAsync(record, 1);
                await world.Time.Pass(TimeSpan.FromMilliseconds(_random.Next(500)));
            }
        }

        private async Task ProcessAsync(Life life, RecordBatch batch)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                await world.Time.Pass(TimeSpan.FromMilliseconds(_random.Next(60)));
                await life.HangIfKilled();
                Handled.Add(int.Parse(Encoding.UTF8.GetString(batch[i].Data.Span), CultureInfo.InvariantCulture));
            }
        }

        private CountingStore Store(Life life) => new(world.Store)
        {
            Before = async () =>
            {
                await life.HangIfKilled();
                if (_random.Next(10) == 0)
                {
                    throw new StoreException("down for a moment");
                }
            },
        };
    }

    /// <summary>Once killed, a reader neither hands over nor writes; its subscription stays until the service ends it.</summary>
    private sealed class Life
    {
        public bool IsKilled { get; set; }

        public Task HangIfKilled() => IsKilled ? new TaskCompletionSource().Task : Task.CompletedTask;
    }
}
