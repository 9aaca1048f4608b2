using System.Net;
using System.Net.Sockets;
using DataProcessor.Aws.Kinesis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.Aws;

/// <summary>What a failed PutRecords says of its records: it decides whether repeating may write them twice.</summary>
public sealed class UnansweredPutTests
{
    private static readonly PutRecordsEntry[] Records = [new("key", null, new byte[1_000])];
    private static readonly TimeSpan Timeout = new KinesisClientOptions().RequestTimeout;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(400, false)]
    [InlineData(413, false)]
    public async Task A_refusal_is_certain_and_a_failure_inside_the_service_is_not(int status, bool isUnknown)
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Json(status, """{"__type":"ProvisionedThroughputExceededException"}"""));
        using var client = server.CreateClient();

        var error = await PutAsync(client);

        Assert.Equal((status, isUnknown), (error.StatusCode, error.IsOutcomeUnknown));
        Assert.Single(server.Arrivals);
    }

    [Fact]
    public async Task A_connection_lost_after_sending_leaves_it_unknown()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Reset);
        using var client = server.CreateClient();

        var error = await PutAsync(client);

        Assert.Equal((KinesisException.NoAnswer, true), (error.ErrorCode, error.IsOutcomeUnknown));
        Assert.Single(server.Arrivals);
    }

    [Fact]
    public async Task An_attempt_ends_on_the_given_clock()
    {
        var time = new FakeTimeProvider();
        var arrived = new TaskCompletionSource();
        await using var server = await LoopbackKinesis.StartAsync(HoldAsync);
        using var client = server.CreateClient(time);

        var put = PutAsync(client);
        await arrived.Task.WaitAsync(Cancellation);
        time.Advance(Timeout);

        var error = await put;
        Assert.Equal((KinesisException.NoAnswer, true), (error.ErrorCode, error.IsOutcomeUnknown));
        Assert.Contains("none within 00:00:06", error.Message, StringComparison.Ordinal);

        async Task HoldAsync(HttpContext context)
        {
            arrived.SetResult();
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        }
    }

    [Fact]
    public async Task A_refused_connection_is_certain()
    {
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound and not listening: nobody else can answer there
        var nobody = new Uri($"http://127.0.0.1:{((IPEndPoint)reserved.LocalEndPoint!).Port}/");
        using var client = LoopbackKinesis.CreateClient(nobody);

        var error = await PutAsync(client);

        Assert.Equal((KinesisException.NoAnswer, false), (error.ErrorCode, error.IsOutcomeUnknown));
    }

    [Fact]
    public async Task A_time_out_before_there_is_a_connection_is_certain()
    {
        var time = new FakeTimeProvider();
        var connecting = new TaskCompletionSource();
        var handler = KinesisTransport.CreateHandler();
        handler.ConnectCallback = async (_, cancellationToken) =>
        {
            connecting.SetResult();
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return Stream.Null;
        };
        using var client = LoopbackKinesis.CreateClient(new Uri("http://127.0.0.1:1/"), time, handler: handler);

        var put = PutAsync(client);
        await connecting.Task.WaitAsync(Cancellation);
        time.Advance(Timeout);

        Assert.False((await put).IsOutcomeUnknown);
    }

    [Fact]
    public async Task A_failed_TLS_handshake_is_certain()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, ""));
        using var client = LoopbackKinesis.CreateClient(new UriBuilder(server.Endpoint) { Scheme = "https" }.Uri);

        var error = await PutAsync(client);

        Assert.Equal((KinesisException.NoAnswer, false), (error.ErrorCode, error.IsOutcomeUnknown));
        Assert.Empty(server.Arrivals);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_its_own_cancellation()
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var server = await LoopbackKinesis.StartAsync(context => caller.CancelAsync());
        using var client = server.CreateClient();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await client.PutRecordsAsync("s", Records, caller.Token));

        Assert.Equal(caller.Token, error.CancellationToken);
    }

    private static Task<KinesisException> PutAsync(KinesisClient client) => Assert.ThrowsAsync<KinesisException>(
        async () => await client.PutRecordsAsync("s", Records, Cancellation));
}
