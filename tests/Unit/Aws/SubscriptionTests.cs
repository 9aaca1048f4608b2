using DataProcessor.Aws.Kinesis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

public sealed class SubscriptionTests
{
    private const string Consumer = "arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1700000000";

    private static readonly WirePage Page = new(
        [new("49", "key", "data"u8.ToArray(), 1_700_000_000_123), new("50", "ключ", [], 5)], "51", 77, []);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WireForm.Cbor)]
    [InlineData(WireForm.CborOfIndefiniteLengths)]
    [InlineData(WireForm.Json)]
    public async Task Delivers_events_in_turn_to_the_end_of_the_shard(WireForm form)
    {
        WirePage last = new([], null, 0, [new ChildShard("c1", ["p"], "0", "9"), new ChildShard("c2", ["p"], "10", "19")]);
        await using var server = await LoopbackKinesis.StartAsync(EventStreamServer.Stream(
            EventStreamServer.InitialResponse,
            EventStreamServer.Event(Page, form),
            EventStreamServer.Event("AddedNextYear", "?"u8.ToArray()),
            EventStreamServer.Event(last, form)));
        using var client = server.CreateClient();

        await using var subscription = await SubscribeAsync(client);

        var first = await NextEventAsync(subscription);
        Page.AssertHas(first.Records);
        Assert.Equal(("51", 77, 0), (first.ContinuationSequenceNumber, first.MillisBehindLatest, first.ChildShards.Length));
        var end = await NextEventAsync(subscription);
        Assert.Null(end.ContinuationSequenceNumber);
        Assert.Equivalent(last.ChildShards, end.ChildShards, strict: true);
        Assert.Null(await subscription.NextAsync(Cancellation));
        Assert.Null(await subscription.NextAsync(Cancellation));
    }

    [Fact]
    public async Task Asks_for_a_position_in_CBOR()
    {
        await using var server = await LoopbackKinesis.StartAsync(EventStreamServer.Stream(EventStreamServer.InitialResponse));
        using var client = server.CreateClient();
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

        foreach (var start in (ShardIteratorStart[])
            [ShardIteratorStart.Latest, ShardIteratorStart.After("7"), ShardIteratorStart.AtTime(time)])
        {
            await (await client.SubscribeToShardAsync(Consumer, "x", start, Cancellation)).DisposeAsync();
        }

        Assert.Equal(
            [
                $"ConsumerARN={Consumer} ShardId=x StartingPosition=Type=LATEST",
                $"ConsumerARN={Consumer} ShardId=x StartingPosition=Type=AFTER_SEQUENCE_NUMBER SequenceNumber=7",
                $"ConsumerARN={Consumer} ShardId=x StartingPosition=Type=AT_TIMESTAMP Timestamp=1({time.ToUnixTimeMilliseconds()})",
            ],
            server.Arrivals.Select(arrival => Print(new Foreign.CborReader(arrival.Body))));
        Assert.All(server.Arrivals, arrival => Assert.Equal(
            ("Kinesis_20131202.SubscribeToShard", "application/x-amz-cbor-1.1", "HTTP/1.1"),
            (arrival.Target, arrival.Headers["content-type"], arrival.Protocol)));
    }

    [Fact]
    public async Task An_event_where_no_initial_response_comes_is_not_lost()
    {
        await using var server = await LoopbackKinesis.StartAsync(EventStreamServer.Stream(EventStreamServer.Event(Page, WireForm.Cbor)));
        using var client = server.CreateClient();

        await using var subscription = await SubscribeAsync(client);

        Page.AssertHas((await NextEventAsync(subscription)).Records);
        Assert.Null(await subscription.NextAsync(Cancellation));
    }

    [Theory]
    [InlineData("ResourceInUseException", """{"message":"another"}""", "another")]
    [InlineData("com.amazonaws.kinesis#KMSDisabledException", """{"Message":"no key"}""", "no key")]
    [InlineData("InternalFailureException", "", "no message")]
    public async Task An_exception_among_the_events_is_the_services_error(string type, string payload, string message)
    {
        var exception = EventStreamServer.Exception(type, payload);
        var code = type.Split('#')[^1];
        await using var server = await LoopbackKinesis.StartAsync(
            EventStreamServer.Stream(EventStreamServer.InitialResponse, exception, EventStreamServer.Event(Page, WireForm.Cbor)),
            EventStreamServer.Stream(exception));
        using var client = server.CreateClient();

        await using var subscription = await SubscribeAsync(client);
        var later = await Assert.ThrowsAsync<KinesisException>(async () => await subscription.NextAsync(Cancellation));
        var atOnce = await Assert.ThrowsAsync<KinesisException>(async () => await SubscribeAsync(client));

        Assert.Equal($"SubscribeToShard: {code} (in the event stream, request id request-7): {message}", later.Message);
        Assert.Equal((code, later.Message, false), (atOnce.ErrorCode, atOnce.Message, atOnce.IsOutcomeUnknown));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await subscription.NextAsync(Cancellation));
        Assert.Equal(2, server.Arrivals.Count);
    }

    public static TheoryData<byte[], string> Unreadable => new()
    {
        { "<html>captive portal</html>"u8.ToArray(), "InvalidResponse" },
        { EventStreamServer.Event("SubscribeToShardEvent", "?"u8.ToArray()), "InvalidResponse" },
        { EventStreamServer.Event("SubscribeToShardEvent", "{\"Records\":["u8.ToArray()), "InvalidResponse" },
        { EventStreamServer.Message([], (":message-type", "AddedNextYear")), "InvalidResponse" },
        { EventStreamServer.Message([], (":message-type", "error"), (":error-code", "InternalError")), "InternalError" },
        { EventStreamServer.InitialResponse[..^1], KinesisException.NoAnswer },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task What_is_no_event_ends_the_subscription_with_an_error(byte[] bytes, string code)
    {
        await using var server = await LoopbackKinesis.StartAsync(EventStreamServer.Stream(EventStreamServer.InitialResponse, bytes));
        using var client = server.CreateClient();
        await using var subscription = await SubscribeAsync(client);

        var error = await Assert.ThrowsAsync<KinesisException>(async () => await subscription.NextAsync(Cancellation));

        Assert.Equal(code, error.ErrorCode);
    }

    [Fact]
    public async Task A_lost_connection_is_told_from_the_end_of_the_subscription()
    {
        var accepted = new TaskCompletionSource();
        await using var server = await LoopbackKinesis.StartAsync(ResetAfter(accepted.Task));
        using var client = server.CreateClient();
        await using var subscription = await SubscribeAsync(client);
        accepted.SetResult();

        var error = await Assert.ThrowsAsync<KinesisException>(async () => await subscription.NextAsync(Cancellation));

        Assert.Equal(KinesisException.NoAnswer, error.ErrorCode);
    }

    [Fact]
    public async Task An_accepted_subscription_may_be_silent_for_longer_than_a_call_may_take()
    {
        var time = new FakeTimeProvider();
        var release = new TaskCompletionSource();
        await using var server = await LoopbackKinesis.StartAsync(async context =>
        {
            await EventStreamServer.SendAsync(context, EventStreamServer.InitialResponse);
            await release.Task.WaitAsync(context.RequestAborted);
            await EventStreamServer.SendAsync(context, EventStreamServer.Event(Page, WireForm.Cbor));
        });
        using var client = server.CreateClient(time);
        await using var subscription = await SubscribeAsync(client);

        var next = subscription.NextAsync(Cancellation);
        time.Advance(TimeSpan.FromMinutes(10));
        release.SetResult();

        Page.AssertHas((await next)!.Records);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Accepting_it_has_the_time_of_a_call(bool withHeaders)
    {
        var time = new FakeTimeProvider();
        var silent = new TaskCompletionSource();
        await using var server = await LoopbackKinesis.StartAsync(async context =>
        {
            if (withHeaders)
            {
                await EventStreamServer.SendAsync(context, []);
            }

            silent.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var client = server.CreateClient(time);

        var opening = SubscribeAsync(client);
        await silent.Task.WaitAsync(Cancellation);
        time.Advance(new KinesisClientOptions().RequestTimeout);

        var error = await Assert.ThrowsAsync<KinesisException>(() => opening);
        Assert.Equal((KinesisException.NoAnswer, true), (error.ErrorCode, error.IsOutcomeUnknown));
        Assert.Single(server.Arrivals);
    }

    [Fact]
    public async Task A_refusal_is_not_followed_by_a_second_attempt()
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Json(400, """{"__type":"LimitExceededException","message":"one a second"}"""));
        using var client = server.CreateClient();

        var error = await Assert.ThrowsAsync<KinesisException>(() => SubscribeAsync(client));

        Assert.Equal(("LimitExceededException", 400), (error.ErrorCode, error.StatusCode));
        Assert.Single(server.Arrivals);
    }

    [Fact]
    public async Task A_cancelled_wait_ends_the_subscription_for_the_service_too()
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var noticed = new TaskCompletionSource();
        await using var server = await LoopbackKinesis.StartAsync(SilentUntilLeft(noticed));
        using var client = server.CreateClient();
        await using var subscription = await SubscribeAsync(client);

        var next = subscription.NextAsync(caller.Token);
        await caller.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.Equal(caller.Token, error.CancellationToken);
        await noticed.Task.WaitAsync(Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await subscription.NextAsync(Cancellation));
    }

    [Fact]
    public async Task The_service_notices_at_once_when_a_subscription_is_disposed()
    {
        var noticed = new TaskCompletionSource();
        await using var server = await LoopbackKinesis.StartAsync(SilentUntilLeft(noticed));
        var handler = KinesisTransport.CreateHandler();
        handler.ResponseDrainTimeout = TimeSpan.FromHours(1); // for the rest of the answer, which the transport must not wait for
        using var client = LoopbackKinesis.CreateClient(server.Endpoint, handler: handler);

        await (await SubscribeAsync(client)).DisposeAsync();

        await noticed.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancellation);
    }

    internal static async Task<ShardSubscription> SubscribeAsync(KinesisClient client) =>
        await client.SubscribeToShardAsync(Consumer, "shardId-0", ShardIteratorStart.TrimHorizon, Cancellation);

    internal static async Task<SubscriptionEvent> NextEventAsync(ShardSubscription subscription)
    {
        var next = await subscription.NextAsync(Cancellation);
        Assert.NotNull(next);
        return next;
    }

    internal static RequestDelegate ResetAfter(Task accepted) => async context =>
    {
        await EventStreamServer.SendAsync(context, EventStreamServer.InitialResponse);
        await accepted.WaitAsync(context.RequestAborted);
        context.Abort();
    };

    internal static RequestDelegate SilentUntilLeft(TaskCompletionSource noticed) => async context =>
    {
        await EventStreamServer.SendAsync(context, EventStreamServer.InitialResponse);
        using var left = context.RequestAborted.UnsafeRegister(_ => noticed.TrySetResult(), null);
        await noticed.Task;
    };

    private static string Print(Foreign.CborReader reader)
    {
        switch (reader.PeekState())
        {
            case Foreign.CborReaderState.StartMap:
                var pairs = new List<string>();
                for (var left = reader.ReadStartMap(); left > 0; left--)
                {
                    pairs.Add($"{reader.ReadTextString()}={Print(reader)}");
                }

                reader.ReadEndMap();
                return string.Join(' ', pairs);
            case Foreign.CborReaderState.Tag:
                return $"{(ulong)reader.ReadTag()}({Print(reader)})";
            case Foreign.CborReaderState.TextString:
                return reader.ReadTextString();
            default:
                return $"{reader.ReadInt64()}";
        }
    }
}
