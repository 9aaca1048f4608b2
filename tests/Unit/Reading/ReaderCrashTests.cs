using System.Globalization;
using CsCheck;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using DataProcessor.Unit.Aggregation;
using Xunit;

namespace DataProcessor.Unit.Reading;

/// <summary>
/// A shard whose readers are killed at any moment while the service, the store and the processor fail: simulated in
/// virtual time, replayable from the seed.
/// </summary>
public sealed class ReaderCrashTests
{
    private const int Kinds = 4;

    [Fact]
    public void Through_crashes_and_faults_every_record_is_handled_at_least_once_and_in_order()
    {
        var faults = new int[Kinds];
        Gen.Int[0, int.MaxValue].Sample(seed => Assert.Empty(new Simulation(seed, faults).Run()), iter: 40, threads: 1);
        Assert.All(faults, count => Assert.InRange(count, 10, int.MaxValue));
    }

    [Fact]
    public void The_check_catches_a_checkpoint_that_runs_ahead_of_the_processor()
    {
        var caught = 0;
        for (var seed = 0; seed < 10; seed++)
        {
            caught += new Simulation(seed, new int[Kinds]) { CheckpointsAhead = true }.Run().Count > 0 ? 1 : 0;
        }

        Assert.InRange(caught, 5, 10);
    }

    private sealed class Simulation(int seed, int[] faults)
    {
        private const int Service = 0, Store = 1, Processor = 2, Crash = 3;
        private const int Records = 300;

        private readonly Random _random = new(seed);
        private readonly List<int> _handled = [];

        /// <summary>A deliberate fault: the lease is given the position that was read instead of the one handled.</summary>
        public bool CheckpointsAhead { get; init; }

        public List<string> Run()
        {
            using var world = new ReaderWorld(seed);
            world.Options.CheckpointInterval = TimeSpan.FromMilliseconds(500);
            world.Options.MaxRetryBackOff = TimeSpan.FromSeconds(2);
            world.Options.MaxBatchRecords = _random.Next(1, 20);
            world.Shard.PageSize = _random.Next(1, 20);
            world.Run(() => RunAsync(world));
            return DeliveryChecker.Judge(_handled, Records);
        }

        private async Task RunAsync(ReaderWorld world)
        {
            var producing = ProduceAsync(world);
            while (true)
            {
                var life = StartReader(world);
                var first = await Task.WhenAny(life.Reading, world.Time.Pass(Milliseconds(5000)));
                if (first != life.Reading)
                {
                    life.IsKilled = true;
                    faults[Crash]++;
                }
                else if (await life.Reading == ReaderExit.Finished)
                {
                    break;
                }
            }

            await producing;
        }

        /// <summary>Single records and aggregates, in bursts.</summary>
        private async Task ProduceAsync(ReaderWorld world)
        {
            for (var next = 0; next < Records;)
            {
                var count = Math.Min(Records - next, _random.Next(1, 12));
                var message = new AggregateReaderProtobuf().Text(1, "key");
                for (var i = 0; i < count; i++)
                {
                    message.Message(3, AggregateReaderProtobuf.Record(0, Text(next + i)));
                }

                if (count == 1)
                {
                    world.Shard.Put(Text(next));
                }
                else
                {
                    world.Shard.Put(message.ToAggregate(), "a");
                }

                next += count;
                await world.Time.Pass(Milliseconds(300));
            }

            world.Shard.IsClosed = true;
        }

        private Life StartReader(ReaderWorld world)
        {
            var life = new Life();
            var store = new CountingStore(world.Store)
            {
                Before = async () =>
                {
                    await world.Time.Pass(Milliseconds(50));
                    await life.HangIfKilled();
                    ThrowSometimes(Store, new StoreException("before"));
                },
                After = () => ThrowSometimes(Store, new StoreException("made, but the answer is lost")),
                Change = update => CheckpointsAhead ? Ahead(world, update) : update,
            };
            var service = new DelayedService(world.Shard, async () =>
            {
                await world.Time.Pass(Milliseconds(50));
                await life.HangIfKilled();
            });
            world.Shard.Fault = _ => _random.Next(10) > 0 ? null : Count(Service, _random.Next(3) switch
            {
                0 => "InternalFailure",
                1 => "ProvisionedThroughputExceededException",
                _ => "ExpiredIteratorException",
            });
            var processor = new RecordingProcessor((batch, _) => ProcessAsync(world, life, batch));
            life.Reading = world.Reader(processor, store, service).RunAsync(CancellationToken.None);
            return life;
        }

        private async Task ProcessAsync(ReaderWorld world, Life life, RecordBatch batch)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var number = int.Parse(System.Text.Encoding.UTF8.GetString(batch[i].Data.Span), CultureInfo.InvariantCulture);
                await world.Time.Pass(Milliseconds(60));
                await life.HangIfKilled();
                ThrowSometimes(Processor, new RecordFailedException(i, "this one"));
                ThrowSometimes(Processor, new InvalidOperationException("somewhere"));
                _handled.Add(number);
                if (_random.Next(5) == 0)
                {
                    batch.Done(i);
                }
            }
        }

        private static ItemUpdate Ahead(ReaderWorld world, ItemUpdate update)
        {
            if (update.Sets.GetValueOrDefault(LeaseAttributes.CheckpointText)?.Text is not { } text || !char.IsDigit(text[0]))
            {
                return update;
            }

            var ahead = new ItemUpdate();
            foreach (var (name, value) in update.Sets)
            {
                ahead.Set(name, name switch
                {
                    LeaseAttributes.CheckpointText => AttributeValue.String(ScriptedShard.NumberOf(world.Shard.Delivered - 1).Value),
                    LeaseAttributes.CheckpointSubSequenceNumber => AttributeValue.Number(1000),
                    _ => value,
                });
            }

            return ahead;
        }

        private void ThrowSometimes(int kind, Exception exception)
        {
            if (_random.Next(kind == Processor ? 60 : 10) == 0)
            {
                faults[kind]++;
                throw exception;
            }
        }

        private string Count(int kind, string error)
        {
            faults[kind]++;
            return error;
        }

        private TimeSpan Milliseconds(int most) => TimeSpan.FromMilliseconds(_random.Next(most));

        private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    private sealed class DelayedService(HttpMessageHandler inner, Func<Task> before) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await before();
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>A reader from its start to its death; once killed, nothing that it calls ever answers.</summary>
    private sealed class Life
    {
        public bool IsKilled { get; set; }

        public Task<ReaderExit> Reading { get; set; } = Task.FromResult(ReaderExit.Stopped);

        public Task HangIfKilled() => IsKilled ? new TaskCompletionSource().Task : Task.CompletedTask;
    }
}
