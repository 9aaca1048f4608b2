using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Reading;
using Xunit;

namespace DataProcessor.Unit.Reading;

/// <summary>What is particular to fan-out: the life of subscriptions, and who may have one.</summary>
public sealed class ShardSubscriberTests : IDisposable
{
    private const string Ends = "dataprocessor.reader.subscription_ends/";
    private const string Bridged = "dataprocessor.reader.bridged_pages";

    private readonly ReaderWorld _world = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly RecordingProcessor _processor = new();

    public ShardSubscriberTests() => _world.Options.Reader = ReaderKind.FanOut;

    [Fact]
    public void A_hundred_renewals_leave_no_gap_and_repeat_nothing()
    {
        _world.Time.LookInterval = TimeSpan.FromMilliseconds(250);
        _world.Run(
            async () =>
            {
                await using var stream = await EmbeddedStream.StartAsync(_world);
                var reading = stream.Reader(_processor).RunAsync(_stop.Token);
                var count = 0;
                while (_world.Counted(Ends + "renewal") < 100)
                {
                    await stream.PutAsync(count++, 1);
                    await _world.Time.Pass(TimeSpan.FromSeconds(2.5));
                }

                await _world.Time.Until(() => _processor.Handled.Count >= count);
                await StopAsync(reading);
                Assert.Equal(EmbeddedStream.Numbers(0, count), _processor.Handled);
                Assert.Equal(101, stream.Service.Counters.Subscriptions);
                Assert.Equal((0, 0, 0), (_world.Counted(Ends + "drop"), _world.Counted(Bridged), _world.Counted("dataprocessor.reader.duplicates")));
            },
            TimeSpan.FromHours(9));
    }

    [Fact]
    public void After_a_crash_GetRecords_bridges_until_a_subscription_is_to_be_had() => _world.Run(async () =>
    {
        await using var stream = await EmbeddedStream.StartAsync(_world);
        await using var crashed = await stream.SubscribeAsync();
        var crash = _world.Time.Clock.GetUtcNow();
        var reader = stream.Reader(_processor);
        Assert.Null(reader.SinceLastSubscribe);
        var reading = reader.RunAsync(_stop.Token);
        for (var record = 0; record < 100; record++)
        {
            await stream.PutAsync(record, 1);
            await _world.Time.Pass(TimeSpan.FromMilliseconds(100));
        }

        await _world.Time.Until(() => _processor.Handled.Count >= 100);
        Assert.Equal(EmbeddedStream.Numbers(0, 100), _processor.Handled);
        Assert.InRange(_world.Counted(Bridged), 5, 4 * 8);
        var reads = stream.Calls.Where(call => call.Operation == "GetRecords").Select(call => call.Time).ToList();
        Assert.All(reads.Zip(reads.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalMilliseconds, 250, double.MaxValue));

        var accepted = Assert.Single(stream.Accepted("SubscribeToShard"));
        Assert.InRange((accepted - crash).TotalSeconds, 5, 10);
        Assert.InRange((_world.Time.Clock.GetUtcNow() - accepted - reader.SinceLastSubscribe!.Value).TotalMilliseconds, -20, 20);
        await StopAsync(reading);
    });

    [Fact]
    public void Silence_of_a_minute_ends_a_subscription_and_another_goes_on_where_it_was() => _world.Run(async () =>
    {
        await using var stream = await EmbeddedStream.StartAsync(_world);
        var reading = stream.Reader(_processor).RunAsync(_stop.Token);
        await stream.PutAsync(0, 3);
        await _world.Time.Until(() => _processor.Handled.Count == 3);
        await _world.Time.Pass(TimeSpan.FromMinutes(2)); // Nothing to read is no silence: empty events come.
        Assert.Equal(0, _world.Counted(Ends + "stall"));

        stream.IsSilent = true;
        await stream.PutAsync(3, 3);
        await _world.Time.Pass(TimeSpan.FromSeconds(54));
        Assert.Equal((0, 3), (_world.Counted(Ends + "stall"), _processor.Handled.Count));
        stream.IsSilent = false;
        await _world.Time.Pass(TimeSpan.FromSeconds(7));
        Assert.Equal(1, _world.Counted(Ends + "stall"));
        await StopAsync(reading);
        Assert.Equal(EmbeddedStream.Numbers(0, 6), _processor.Handled);
    });

    [Fact]
    public void A_processor_that_takes_minutes_is_no_stall() => _world.Run(async () =>
    {
        var slow = new RecordingProcessor((_, _) => _world.Time.Pass(TimeSpan.FromMinutes(3)));
        await using var stream = await EmbeddedStream.StartAsync(_world);
        var reading = stream.Reader(slow).RunAsync(_stop.Token);
        for (var record = 0; record < 4; record++)
        {
            await stream.PutAsync(record, 1);
            await _world.Time.Until(() => slow.Handled.Count == record + 1);
        }

        Assert.Equal((0, 2), (_world.Counted(Ends + "stall"), _world.Counted(Ends + "renewal")));
        await StopAsync(reading);
        Assert.Equal(EmbeddedStream.Numbers(0, 4), slow.Handled);
    });

    [Fact]
    public void Who_is_taken_over_but_has_the_lease_reads_on_and_takes_the_subscription_back() => _world.Run(async () =>
    {
        await using var stream = await EmbeddedStream.StartAsync(_world);
        var reading = stream.Reader(_processor).RunAsync(_stop.Token);
        await _world.Time.Pass(TimeSpan.FromSeconds(6));
        await using var other = await stream.SubscribeAsync();
        for (var record = 0; record < 20; record++)
        {
            await stream.PutAsync(record, 1);
            await _world.Time.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(EmbeddedStream.Numbers(0, 20), _processor.Handled);
        Assert.Equal(1, _world.Counted(Ends + "takeover"));
        Assert.InRange(_world.Counted(Bridged), 1, 4 * 8);
        Assert.Equal(2, stream.Accepted("SubscribeToShard").Count());
        await Assert.ThrowsAsync<KinesisException>(async () =>
        {
            while (await other.NextAsync(CancellationToken.None) is not null)
            {
            }
        });
        await StopAsync(reading);
    });

    [Fact]
    public void Who_is_taken_over_and_has_lost_the_lease_ends_without_a_call() => _world.Run(async () =>
    {
        await using var stream = await EmbeddedStream.StartAsync(_world);
        var stale = stream.Reader(new RecordingProcessor()).RunAsync(CancellationToken.None);
        await _world.Time.Pass(TimeSpan.FromSeconds(6));
        var calls = stream.Calls.Count;
        var reading = stream.Reader(_processor).RunAsync(_stop.Token);

        Assert.Equal(ReaderExit.LeaseLost, await stale);
        Assert.Equal(1, _world.Counted(Ends + "takeover"));
        Assert.Single(stream.Calls.Skip(calls), call => call.Operation == "SubscribeToShard"); // the new reader's
        Assert.StartsWith("reader-2/", (await _world.Lease()).Owner, StringComparison.Ordinal);
        await StopAsync(reading);
    });

    [Fact]
    public void A_consumer_that_is_deregistered_is_registered_anew() => _world.Run(async () =>
    {
        await using var stream = await EmbeddedStream.StartAsync(
            _world, options => options.RegistrationLatency = TimeSpan.FromSeconds(10));
        var reading = stream.Reader(_processor).RunAsync(_stop.Token);
        await stream.PutAsync(0, 3);
        await _world.Time.Until(() => _processor.Handled.Count == 3);
        var consumer = Assert.Single(await ConsumersAsync(stream));
        await _world.Time.Pass(TimeSpan.FromSeconds(6));
        await stream.Client.DeregisterStreamConsumerAsync(consumer.ConsumerArn, CancellationToken.None);
        await stream.PutAsync(3, 3);
        await _world.Time.Until(() => _processor.Handled.Count >= 6);
        Assert.NotEqual(consumer.ConsumerArn, Assert.Single(await ConsumersAsync(stream)).ConsumerArn);
        await StopAsync(reading);
        Assert.Equal(EmbeddedStream.Numbers(0, 6), _processor.Handled);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_stream_without_room_for_the_consumer_is_polled_only_if_that_is_wanted(bool isWanted) => _world.Run(async () =>
    {
        _world.Options.Reader = isWanted ? ReaderKind.Auto : ReaderKind.FanOut;
        await using var stream = await EmbeddedStream.StartAsync(_world);
        var arn = (await stream.Client.DescribeStreamSummaryAsync(ReaderWorld.Stream.Name, CancellationToken.None)).StreamArn;
        while ((await ConsumersAsync(stream)).Length < 20)
        {
            await stream.Client.RegisterStreamConsumerAsync(arn, $"other-{Guid.NewGuid():N}", CancellationToken.None);
            await _world.Time.Pass(TimeSpan.FromSeconds(1));
        }

        var reader = stream.Reader(_processor);
        var reading = reader.RunAsync(_stop.Token);
        await stream.PutAsync(0, 3);
        await _world.Time.Pass(TimeSpan.FromMinutes(1.5));
        Assert.Equal(isWanted ? 3 : 0, _processor.Handled.Count);
        Assert.Equal(isWanted ? 2 : 0, _world.Counted("dataprocessor.reader.fallbacks"));
        if (!isWanted)
        {
            Assert.Contains("LimitExceededException", reader.Status.LastError, StringComparison.Ordinal);
        }

        await stream.Client.DeregisterStreamConsumerAsync((await ConsumersAsync(stream))[0].ConsumerArn, CancellationToken.None);
        await _world.Time.Pass(TimeSpan.FromMinutes(1));
        await stream.PutAsync(3, 3);
        await _world.Time.Until(() => _processor.Handled.Count >= 6);
        Assert.Equal(1, stream.Service.Counters.Subscriptions);
        await StopAsync(reading);
        Assert.Equal(EmbeddedStream.Numbers(0, 6), _processor.Handled);
    });

    public void Dispose()
    {
        _stop.Dispose();
        _world.Dispose();
    }

    private static async Task<StreamConsumer[]> ConsumersAsync(EmbeddedStream stream) => await stream.Client.ListStreamConsumersAsync(
        (await stream.Client.DescribeStreamSummaryAsync(ReaderWorld.Stream.Name, CancellationToken.None)).StreamArn,
        CancellationToken.None);

    private async Task StopAsync(Task<ReaderExit> reading)
    {
        _stop.Cancel(); // CancelAsync would do it on a thread of its own.
        Assert.Equal(ReaderExit.Stopped, await reading);
    }
}
