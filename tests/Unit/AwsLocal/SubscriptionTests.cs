using DataProcessor.Aws.Local;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class SubscriptionTests : IAsyncLifetime
{
    private const string Middle = "170141183460469231731687303715884105728";
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_750_000_000_000));
    private LocalKinesis _kinesis = null!;
    private string _consumer = null!;

    public async ValueTask InitializeAsync() => await StartAsync(LocalKinesis.Unlimited());

    public ValueTask DisposeAsync() => _kinesis.DisposeAsync();

    [Fact]
    public async Task Records_are_pushed_when_they_are_stored_and_not_a_moment_later()
    {
        using var events = await SubscribeAsync(new { Type = "LATEST" });
        for (byte i = 0; i < 3; i++)
        {
            var next = events.NextAsync();
            Assert.False(next.IsCompleted);
            var number = (string)(await _kinesis.PutAsync("k", [i]))["SequenceNumber"]!;

            var pushed = (await next)!;
            Assert.Equal([i], pushed.Values);
            Assert.Equal((number, 0L), (pushed.Continuation, (long)pushed.Payload["MillisBehindLatest"]!));
        }

        Assert.Equal((1, 3, 3), (_kinesis.Server.Counters.Subscriptions, _kinesis.Server.Counters.Events, _kinesis.Server.Counters.RecordsPushed));
    }

    [Fact]
    public async Task Each_position_starts_where_it_says()
    {
        var numbers = new List<string>();
        for (byte i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            numbers.Add((string)(await _kinesis.PutAsync("k", [i]))["SequenceNumber"]!);
        }

        await AssertPushesAsync([0, 1, 2, 3], new { Type = "TRIM_HORIZON" });
        await AssertPushesAsync([1, 2, 3], new { Type = "AT_SEQUENCE_NUMBER", SequenceNumber = numbers[1] });
        await AssertPushesAsync([2, 3], new { Type = "AFTER_SEQUENCE_NUMBER", SequenceNumber = numbers[1] });
        await AssertPushesAsync([3], new { Type = "AT_TIMESTAMP", Timestamp = 1_750_000_000.031m });
        object foreign = new { ConsumerARN = _consumer, ShardId = Id(0), StartingPosition = new { Type = "AT_SEQUENCE_NUMBER", SequenceNumber = "12" } };
        Assert.Contains("used in SubscribeToShard", (await _kinesis.ErrorAsync("SubscribeToShard", foreign)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task An_empty_event_comes_every_5_seconds_and_its_continuation_leads_on(int before)
    {
        for (var i = 0; i < before; i++)
        {
            await _kinesis.PutAsync("k", [99]);
        }

        string? continuation = null;
        using (var events = await SubscribeAsync(new { Type = "LATEST" }))
        {
            for (var i = 0; i < 3; i++)
            {
                var next = events.NextAsync();
                _time.Advance(TimeSpan.FromSeconds(4.9));
                Assert.False(next.IsCompleted);
                _time.Advance(TimeSpan.FromSeconds(0.1));
                Assert.Empty((await next)!.Records);
                continuation = (await next)!.Continuation;
            }
        }

        await _kinesis.PutAsync("k", [1]);
        await AssertPushesAsync([1], new { Type = "AFTER_SEQUENCE_NUMBER", SequenceNumber = continuation });
    }

    [Fact]
    public async Task A_subscription_lives_for_5_minutes()
    {
        using var events = await SubscribeAsync(new { Type = "LATEST" });
        var all = events.ReadToEndAsync();
        for (var i = 0; i < 300; i++)
        {
            Assert.False(all.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.All(await all, pushed => Assert.Empty(pushed.Records));
    }

    [Fact]
    public async Task At_the_end_of_the_shard_come_its_children_and_the_subscription_ends()
    {
        await RestartAsync(options => options.ReshardLatency = TimeSpan.FromSeconds(3));
        await _kinesis.PutAsync("k", [1]);
        using var events = await SubscribeAsync(new { Type = "TRIM_HORIZON" });
        Assert.Equal([1], (await events.NextAsync())!.Values);
        await _kinesis.CallAsync("SplitShard", new { StreamName = "s", ShardToSplit = Id(0), NewStartingHashKey = Middle });

        var next = events.NextAsync();
        await _kinesis.PutAsync("k", [2]);
        Assert.Equal([2], (await next)!.Values);
        next = events.NextAsync();
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(3));

        var end = (await next)!;
        Assert.Empty(end.Records);
        Assert.Null(end.Continuation);
        Assert.Equal([Id(1), Id(2)], end.Payload["ChildShards"]!.AsArray().Select(child => (string)child!["ShardId"]!));
        Assert.Null(await events.NextAsync());
    }

    [Fact]
    public async Task A_second_subscriber_is_refused_for_5_seconds_and_then_takes_over()
    {
        using var first = await SubscribeAsync(new { Type = "LATEST" });
        _time.Advance(TimeSpan.FromSeconds(4.9));
        object call = new { ConsumerARN = _consumer, ShardId = Id(0), StartingPosition = new { Type = "LATEST" } };
        Assert.Equal("ResourceInUseException", (await _kinesis.ErrorAsync("SubscribeToShard", call)).Code);
        Assert.Equal(1, _kinesis.Server.Counters.SubscriptionsRefused);
        var other = await _kinesis.RegisterAsync("other");
        using var ofAnother = await _kinesis.SubscribeAsync(other, new { Type = "LATEST" });

        _time.Advance(TimeSpan.FromSeconds(0.1));
        using var second = await SubscribeAsync(new { Type = "LATEST" });

        var last = (await first.ReadToEndAsync())[^1];
        Assert.Equal("ResourceInUseException", last.Type);
        Assert.Contains("taken over", (string)last.Payload["message"]!, StringComparison.Ordinal);
        await _kinesis.PutAsync("k", [1]);
        Assert.Equal([1], (await second.NextAsync())!.Values);
        Assert.Equal([1], (await ofAnother.NextAsync())!.Values);
    }

    [Fact]
    public async Task A_consumer_gets_2_MiB_a_second_of_a_shard()
    {
        await RestartAsync(options => options.EnforceLimits = true);
        for (byte i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await _kinesis.PutAsync("k", [i, .. new byte[(1024 * 1024) - 2]]);
        }

        using var events = await SubscribeAsync(new { Type = "TRIM_HORIZON" });
        Assert.Equal([0], (await events.NextAsync())!.Values);
        Assert.Equal([1], (await events.NextAsync())!.Values);
        var third = events.NextAsync();
        Assert.False(third.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([2], (await third)!.Values);
        var fourth = events.NextAsync();
        _time.Advance(TimeSpan.FromMilliseconds(490));
        Assert.False(fourth.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal([3], (await fourth)!.Values);
    }

    [Fact]
    public async Task A_deregistered_consumer_and_a_deleted_stream_end_it_with_an_error()
    {
        using (var events = await SubscribeAsync(new { Type = "LATEST" }))
        {
            await _kinesis.CallAsync("DeregisterStreamConsumer", new { ConsumerARN = _consumer });
            Assert.Equal("ResourceNotFoundException", (await events.NextAsync())!.Type);
            Assert.Null(await events.NextAsync());
        }

        _consumer = await _kinesis.RegisterAsync();
        using var others = await SubscribeAsync(new { Type = "LATEST" });
        var next = others.NextAsync();
        await _kinesis.CallAsync("DeleteStream", new { StreamName = "s", EnforceConsumerDeletion = true });
        Assert.Equal("ResourceNotFoundException", (await next)!.Type);
    }

    [Fact]
    public void All_happens_on_the_readers_thread_and_no_time_passes_that_is_not_asked_for()
    {
        OneThread.Run(ScenarioAsync, () => _time.Advance(TimeSpan.FromMilliseconds(500)));

        async Task ScenarioAsync()
        {
            using var events = await SubscribeAsync(new { Type = "LATEST" });
            var start = _time.GetUtcNow();
            for (byte i = 0; i < 3; i++)
            {
                var next = events.NextAsync();
                await _kinesis.PutAsync("k", [i]);
                Assert.Equal([i], (await next)!.Values);
            }

            var split = events.NextAsync();
            await _kinesis.CallAsync("UpdateShardCount", new { StreamName = "s", TargetShardCount = 2, ScalingType = "UNIFORM_SCALING" });
            Assert.Null((await split)!.Continuation);
            Assert.Equal(start, _time.GetUtcNow());
            using var child = await _kinesis.SubscribeAsync(_consumer, new { Type = "LATEST" }, Id(1));
            Assert.Empty((await child.NextAsync())!.Records);
            Assert.Equal(start + TimeSpan.FromSeconds(5), _time.GetUtcNow());
        }
    }

    private async Task AssertPushesAsync(int[] expected, object start)
    {
        _time.Advance(TimeSpan.FromSeconds(5));
        using var events = await SubscribeAsync(start);
        Assert.Equal(expected, (await events.NextAsync())!.Values);
    }

    private Task<PushedEvents> SubscribeAsync(object start) => _kinesis.SubscribeAsync(_consumer, start);

    private async Task RestartAsync(Action<LocalKinesisOptions> configure)
    {
        await _kinesis.DisposeAsync();
        var options = LocalKinesis.Unlimited();
        configure(options);
        await StartAsync(options);
    }

    private async Task StartAsync(LocalKinesisOptions options)
    {
        _kinesis = await LocalKinesis.StartAsync(options, _time);
        _consumer = await _kinesis.RegisterAsync();
    }

    private static string Id(int index) => DataProcessor.Aws.Local.Streams.ShardInfo.NameOf(index);
}
