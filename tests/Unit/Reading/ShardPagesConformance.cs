using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;
using Xunit;

namespace DataProcessor.Unit.Reading;

/// <summary>What every way to read a shard has to do, against the embedded Kinesis in virtual time.</summary>
public abstract class ShardPagesConformance : IDisposable
{
    private readonly ReaderWorld _world = new();

    protected ShardPagesConformance(string reader) => _world.Options.Reader = Enum.Parse<ReaderKind>(reader);

    [Fact]
    public void A_shard_is_read_once_and_in_order_from_its_first_record_to_its_end_and_names_its_children() => _world.Run(async () =>
    {
        await using var stream = await EmbeddedStream.StartAsync(_world);
        await stream.PutAsync(0, 20);
        var processor = new RecordingProcessor();
        await using var reader = stream.Reader(processor);
        var reading = reader.RunAsync(CancellationToken.None);
        await _world.Time.Until(() => processor.Handled.Count == 20);
        await stream.PutAsync(20, 20);
        await stream.Client.SplitShardAsync(
            ReaderWorld.Stream.Name, ReaderWorld.Shard0.Id, ReaderWorld.Shard0.Range.Middle.ToString(), CancellationToken.None);

        Assert.Equal(ReaderExit.Finished, await reading);
        Assert.Equal(EmbeddedStream.Numbers(0, 40), processor.Handled);
        var lease = await _world.Lease();
        Assert.Equal(["shardId-000000000001", "shardId-000000000002"], lease.Children.Order());
        Assert.Equal(Checkpoint.ShardEnd, lease.Checkpoint);
    });

    [Fact]
    public void What_arrives_while_nobody_reads_is_read_by_the_next_and_nothing_twice() => _world.Run(async () =>
    {
        await using var stream = await EmbeddedStream.StartAsync(_world);
        var handled = new List<string>();
        for (var reader = 0; reader < 8; reader++)
        {
            var processor = new RecordingProcessor();
            var reading = RunAsync(stream, processor, out var stop);
            await stream.PutAsync(reader * 10, 5);
            await _world.Time.Pass(TimeSpan.FromSeconds(1 + reader)); // below and above the 5 s between two subscriptions
            await StopAsync(reading, stop);
            await stream.PutAsync((reader * 10) + 5, 5);
            handled.AddRange(processor.Handled);
        }

        Assert.Equal(EmbeddedStream.Numbers(0, 75), handled);
    });

    [Fact]
    public void From_latest_only_what_comes_after_the_start_is_read() => _world.Run(async () =>
    {
        _world.Options.InitialPosition = InitialPosition.Latest;
        await using var stream = await EmbeddedStream.StartAsync(_world);
        await stream.PutAsync(0, 5);
        var processor = new RecordingProcessor();
        await _world.Time.Pass(TimeSpan.FromSeconds(1));
        var reading = RunAsync(stream, processor, out var stop);
        await _world.Time.Pass(TimeSpan.FromSeconds(1));
        await stream.PutAsync(5, 5);
        await _world.Time.Until(() => processor.Handled.Count >= 5);
        await StopAsync(reading, stop);
        Assert.Equal(EmbeddedStream.Numbers(5, 5), processor.Handled);
    });

    [Fact]
    public void From_a_time_what_arrived_earlier_is_not_read_not_even_in_a_child_of_a_shard_that_ended_before() => _world.Run(async () =>
    {
        await using var stream = await EmbeddedStream.StartAsync(_world);
        await stream.PutAsync(0, 5);
        await stream.Client.SplitShardAsync(
            ReaderWorld.Stream.Name, ReaderWorld.Shard0.Id, ReaderWorld.Shard0.Range.Middle.ToString(), CancellationToken.None);
        await _world.Time.Pass(TimeSpan.FromSeconds(2));
        await stream.PutAsync(5, 5);
        await _world.Time.Pass(TimeSpan.FromSeconds(1));
        (_world.Options.InitialPosition, _world.Options.InitialTimestamp) = (InitialPosition.AtTimestamp, _world.Time.Clock.GetUtcNow());
        await _world.Time.Pass(TimeSpan.FromSeconds(1));
        await stream.PutAsync(10, 5);
        var processor = new RecordingProcessor();

        Assert.Equal(ReaderExit.Finished, await stream.Reader(processor).RunAsync(CancellationToken.None));
        var child = new Shard(
            "shardId-000000000001", new(HashKey.Min, ReaderWorld.Shard0.Range.Middle), [ReaderWorld.Shard0.Id], IsOpen: true);
        var other = child with { Id = "shardId-000000000002" };
        foreach (var shard in (Shard[])[child, other])
        {
            using var stop = new CancellationTokenSource();
            var reading = stream.Reader(processor, shard: shard).RunAsync(stop.Token);
            await _world.Time.Pass(TimeSpan.FromSeconds(10));
            await StopAsync(reading, stop);
        }

        Assert.Equal(EmbeddedStream.Numbers(10, 5), processor.Handled);
    });

    [Fact]
    public void A_position_that_the_stream_no_longer_keeps_is_reported_and_reading_goes_on() => _world.Run(async () =>
    {
        await using var stream = await EmbeddedStream.StartAsync(_world);
        await stream.PutAsync(0, 5);
        var processor = new RecordingProcessor();
        var reading = RunAsync(stream, processor, out var stop);
        await _world.Time.Until(() => processor.Handled.Count == 5);
        await StopAsync(reading, stop);

        _world.Time.Clock.Advance(TimeSpan.FromHours(25));
        await stream.PutAsync(5, 5);
        reading = RunAsync(stream, processor, out stop);
        await _world.Time.Until(() => processor.Handled.Count == 10);
        await StopAsync(reading, stop);
        Assert.Equal(EmbeddedStream.Numbers(0, 10), processor.Handled);
        Assert.Equal(1, _world.Counted("dataprocessor.reader.lost_positions"));
    });

    [Fact]
    public void Nothing_is_read_ahead_of_a_processor_that_stands_still() => _world.Run(async () =>
    {
        const int Records = 40;
        const int RecordBytes = 500_000;
        await using var stream = await EmbeddedStream.StartAsync(_world, options => options.EnforceLimits = false);
        await stream.PutAsync(0, Records, RecordBytes);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var processor = new RecordingProcessor((_, _) => gate.Task);
        var reading = RunAsync(stream, processor, out var stop);
        await _world.Time.Pass(TimeSpan.FromMinutes(1));

        // A page of GetRecords has 10 MiB at the most, an event 1 MiB.
        Assert.InRange(stream.Service.Counters.BytesRead + stream.Service.Counters.BytesPushed, RecordBytes, 11_000_000);
        gate.SetResult();
        await _world.Time.Until(() => processor.Handled.Count == Records);
        await StopAsync(reading, stop);
        Assert.Equal(EmbeddedStream.Numbers(0, Records), processor.Handled.Select(data => data.Trim()));
    });

    [Fact]
    public void Through_calls_that_fail_and_subscriptions_that_break_every_record_comes_once_and_in_order() => _world.Run(async () =>
    {
        await using var stream = await EmbeddedStream.StartAsync(_world);
        _world.Options.MaxRetryBackOff = TimeSpan.FromSeconds(2);
        stream.Service.SetFaults(new(Seed: 1)
        {
            FailBefore = 0.1,
            ResetBefore = 0.1,
            ResetAfter = 0.1,
            ThrottleCall = 0.1,
            Delay = 0.2,
            DropSubscription = 0.1,
            FailSubscription = 0.1,
            Operations = new HashSet<string> { "SubscribeToShard", "DescribeStreamConsumer", "RegisterStreamConsumer", "GetRecords", "GetShardIterator" },
        });
        var processor = new RecordingProcessor();
        var reading = RunAsync(stream, processor, out var stop);
        for (var record = 0; record < 600; record++)
        {
            await stream.PutAsync(record, 1);
            await _world.Time.Pass(TimeSpan.FromMilliseconds(200));
        }

        await _world.Time.Until(() => processor.Handled.Count >= 600);
        await StopAsync(reading, stop);
        Assert.Equal(EmbeddedStream.Numbers(0, 600), processor.Handled);
        Assert.Equal(0, _world.Room.Taken);
        AssertFaultsHappened(stream);
        AssertRatesWereKept(stream);
    });

    [Fact]
    public void A_page_waits_at_the_service_until_the_silo_has_room_for_it_and_gives_the_room_back() => _world.Run(async () =>
    {
        _world.Options.PageBytes = 1024 * 1024;
        await using var stream = await EmbeddedStream.StartAsync(_world);
        await _world.Room.TakeAsync(1024 * 1024, CancellationToken.None);
        await stream.PutAsync(0, 4, bytes: 200_000);
        var processor = new RecordingProcessor();
        var reading = RunAsync(stream, processor, out var stop);
        await _world.Time.Pass(TimeSpan.FromMinutes(3)); // longer than a silence that counts as a stall
        Assert.Empty(processor.Handled);
        Assert.Equal(1, _world.Room.Waiting);

        _world.Room.Return(1024 * 1024);
        await _world.Time.Until(() => processor.Handled.Count == 4);
        await StopAsync(reading, stop);
        Assert.Equal(0, _world.Room.Taken);
    });

    public void Dispose()
    {
        _world.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected virtual void AssertFaultsHappened(EmbeddedStream stream)
    {
        var counters = stream.Service.Counters;
        Assert.All(
            [counters.InjectedFailures, counters.InjectedResetsBefore, counters.InjectedResetsAfter, counters.InjectedCallThrottles],
            count => Assert.InRange(count, 1, long.MaxValue));
    }

    /// <summary>GetRecords at most 5 times a second; a subscription not sooner than 5 s after the last.</summary>
    private static void AssertRatesWereKept(EmbeddedStream stream)
    {
        var reads = stream.Calls.Where(call => call.Operation == "GetRecords").Select(call => call.Time).ToList();
        Assert.All(reads.Zip(reads.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalMilliseconds, 200, double.MaxValue));
        var subscriptions = stream.Accepted("SubscribeToShard").ToList();
        Assert.All(subscriptions.Zip(subscriptions.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, 5, double.MaxValue));
    }

    private static Task<ReaderExit> RunAsync(EmbeddedStream stream, RecordingProcessor processor, out CancellationTokenSource stop)
    {
        stop = new();
        return stream.Reader(processor).RunAsync(stop.Token);
    }

    private static async Task StopAsync(Task<ReaderExit> reading, CancellationTokenSource stop)
    {
        stop.Cancel(); // CancelAsync would do it on a thread of its own.
        Assert.Equal(ReaderExit.Stopped, await reading);
        stop.Dispose();
    }
}
