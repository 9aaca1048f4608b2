using DataProcessor.Aws.Kinesis;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace DataProcessor.Unit.Aws;

/// <summary>Subscriptions over TLS, where they are HTTP/2 streams of one connection.</summary>
public sealed class SubscriptionHttp2Tests
{
    private const int EventBytes = 64 * 1024;

    /// <summary>What Kestrel takes from a response before it waits for the connection (MaxResponseBufferSize).</summary>
    private const int ServerBufferBytes = 64 * 1024;

    private static readonly byte[] Event = EventStreamServer.Event(
        new WirePage([new("49", "key", new byte[EventBytes], 5)], "49", 0, []), WireForm.Cbor);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Subscriptions_are_HTTP_2_and_other_calls_HTTP_1_1()
    {
        await using var server = await LoopbackKinesis.StartTlsAsync(
            HttpProtocols.Http1AndHttp2,
            EventStreamServer.Stream(EventStreamServer.InitialResponse, Event),
            LoopbackKinesis.Json(200, """{"ShardIterator":"it"}"""));
        using var client = CreateClient(server);

        await using (var subscription = await SubscriptionTests.SubscribeAsync(client))
        {
            Assert.Equal(EventBytes, Assert.Single((await SubscriptionTests.NextEventAsync(subscription)).Records).Data.Length);
            Assert.Null(await subscription.NextAsync(Cancellation));
        }

        await client.GetShardIteratorAsync("s", "x", ShardIteratorStart.Latest, Cancellation);

        Assert.Equal(["HTTP/2", "HTTP/1.1"], server.Arrivals.Select(arrival => arrival.Protocol));
        Assert.All(server.Arrivals, arrival => Assert.Equal(server.Endpoint.Authority, arrival.Headers["host"]));
    }

    [Fact]
    public async Task An_endpoint_without_HTTP_2_is_an_error_and_no_reason_to_fall_back()
    {
        await using var server = await LoopbackKinesis.StartTlsAsync(
            HttpProtocols.Http1, EventStreamServer.Stream(EventStreamServer.InitialResponse));
        using var client = CreateClient(server);

        var error = await Assert.ThrowsAsync<KinesisException>(() => SubscriptionTests.SubscribeAsync(client));

        Assert.Equal((KinesisException.NoAnswer, false), (error.ErrorCode, error.IsOutcomeUnknown));
        Assert.Empty(server.Arrivals);
    }

    [Fact]
    public async Task A_stream_that_the_service_resets_is_an_error()
    {
        var accepted = new TaskCompletionSource();
        await using var server = await LoopbackKinesis.StartTlsAsync(HttpProtocols.Http2, SubscriptionTests.ResetAfter(accepted.Task));
        using var client = CreateClient(server);
        await using var subscription = await SubscriptionTests.SubscribeAsync(client);
        accepted.SetResult();

        var error = await Assert.ThrowsAsync<KinesisException>(async () => await subscription.NextAsync(Cancellation));

        Assert.Equal(KinesisException.NoAnswer, error.ErrorCode);
    }

    [Fact]
    public async Task The_service_notices_when_a_subscription_is_disposed()
    {
        var noticed = new TaskCompletionSource();
        await using var server = await LoopbackKinesis.StartTlsAsync(HttpProtocols.Http2, SubscriptionTests.SilentUntilLeft(noticed));
        using var client = CreateClient(server);

        await (await SubscriptionTests.SubscribeAsync(client)).DisposeAsync();

        await noticed.Task.WaitAsync(Cancellation);
    }

    /// <summary>Back-pressure is not reading: the window is all that is sent ahead, also after the reader has been fast.</summary>
    [Fact]
    public async Task A_reader_that_stands_still_costs_its_window_and_holds_up_nobody()
    {
        const int readFirst = 64;
        const int neighbours = 256;
        long sent = 0;
        await using var server = await LoopbackKinesis.StartTlsAsync(
            HttpProtocols.Http2,
            async context =>
            {
                await EventStreamServer.SendAsync(context, EventStreamServer.InitialResponse);
                while (true)
                {
                    await EventStreamServer.SendAsync(context, Event);
                    Interlocked.Add(ref sent, Event.Length);
                }
            },
            EventStreamServer.Stream([EventStreamServer.InitialResponse, .. Enumerable.Repeat(Event, neighbours)]));
        using var client = CreateClient(server);
        await using var still = await SubscriptionTests.SubscribeAsync(client);
        for (var i = 0; i < readFirst; i++)
        {
            Assert.NotNull(await still.NextAsync(Cancellation));
        }

        // 16 MiB to a neighbour on the same connection: time enough to send whatever may be sent.
        await using var neighbour = await SubscriptionTests.SubscribeAsync(client);
        for (var i = 0; i < neighbours; i++)
        {
            Assert.NotNull(await neighbour.NextAsync(Cancellation));
        }

        var ahead = Interlocked.Read(ref sent) - ((long)readFirst * Event.Length);
        Assert.InRange(ahead, KinesisTransport.SubscriptionWindowBytes / 2, KinesisTransport.SubscriptionWindowBytes + ServerBufferBytes);
        Assert.True(AppContext.TryGetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", out var isFixed) && isFixed);

        // And the rest is still there.
        Assert.NotNull(await still.NextAsync(Cancellation));
    }

    private static KinesisClient CreateClient(LoopbackKinesis server) =>
        LoopbackKinesis.CreateClient(server.Endpoint, handler: LoopbackKinesis.CreateTrustingHandler());
}
