using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Retry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.Aws;

public sealed class RetryTests
{
    private static readonly RequestDelegate Iterator = LoopbackKinesis.Json(200, """{"ShardIterator":"it"}""");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, """{"__type":"ProvisionedThroughputExceededException"}""")]
    [InlineData(400, """{"__type":"com.amazonaws.kinesis.v20131202#LimitExceededException","Message":"slow down"}""")]
    [InlineData(400, """{"__type":"ThrottlingException"}""")]
    [InlineData(500, """{"__type":"InternalFailure"}""")]
    [InlineData(503, "<html>Service Unavailable</html>")]
    public async Task Repeats_a_call_that_was_throttled_or_failed_inside_the_service(int status, string body)
    {
        var failure = LoopbackKinesis.Json(status, body);
        await using var server = await LoopbackKinesis.StartAsync(failure, failure, Iterator);
        using var client = server.CreateClient();

        Assert.Equal("it", await GetIteratorAsync(client));
        Assert.Equal(3, server.Arrivals.Count);
    }

    [Fact]
    public async Task Repeats_a_call_whose_connection_was_lost()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Reset, ResetInsideTheAnswer, Iterator);
        using var client = server.CreateClient();

        Assert.Equal("it", await GetIteratorAsync(client));
        Assert.Equal(3, server.Arrivals.Count);
    }

    [Fact]
    public async Task Stops_at_the_attempts_it_has()
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Json(500, """{"__type":"InternalFailure","message":"m"}"""));
        using var client = server.CreateClient(maxAttempts: 3);

        var error = await Assert.ThrowsAsync<KinesisException>(async () => await GetIteratorAsync(client));

        Assert.Equal("GetShardIterator: InternalFailure (HTTP 500, request id request-7): m", error.Message);
        Assert.Equal(3, server.Arrivals.Count);
    }

    [Fact]
    public async Task An_outage_spends_the_quota_and_then_each_call_is_sent_once()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(500, ""));
        using var client = server.CreateClient(maxAttempts: 20);
        const int calls = 10;
        const int affordable = RetryQuota.Capacity / RetryQuota.RetryCost;

        for (var i = 0; i < calls; i++)
        {
            await Assert.ThrowsAsync<KinesisException>(async () => await GetIteratorAsync(client));
        }

        Assert.Equal(calls + affordable, server.Arrivals.Count);
    }

    [Fact]
    public async Task Waits_on_the_given_clock_between_attempts()
    {
        var time = new FakeTimeProvider();
        var handler = new ThrottledOnce();
        using var client = LoopbackKinesis.CreateClient(new Uri("http://in.process/"), time, handler: handler, backOff: TimeSpan.FromSeconds(5));

        var call = GetIteratorAsync(client);

        Assert.False(call.IsCompleted);
        Assert.Equal(1, handler.Requests);
        time.Advance(JitteredBackOff.Max);
        Assert.Equal("it", await call);
        Assert.Equal(2, handler.Requests);
    }

    [Fact]
    public async Task Signs_anew_with_the_services_clock_after_a_refusal_for_the_time()
    {
        var theirs = DateTimeOffset.FromUnixTimeSeconds(1_770_000_000);
        var ours = new FakeTimeProvider(theirs.AddMinutes(-20));
        await using var server = await LoopbackKinesis.StartAsync(Refuse, LoopbackKinesis.Json(200, """{"Records":[{"ShardId":"a","SequenceNumber":"1"}]}"""));
        using var client = server.CreateClient(ours);

        // Even PutRecords: a refused call has had no effect.
        PutRecordsEntry[] records = [new("k", null, default)];
        await client.PutRecordsAsync("s", records, Cancellation);
        ours.Advance(TimeSpan.FromSeconds(1));
        await client.PutRecordsAsync("s", records, Cancellation);

        Assert.Equal(
            ["20260202T022000Z", "20260202T024000Z", "20260202T024001Z"],
            server.Arrivals.Select(arrival => arrival.Headers["x-amz-date"]));

        Task Refuse(HttpContext context)
        {
            context.Response.Headers.Date = theirs.ToString("R");
            return LoopbackKinesis.Json(400, """{"__type":"InvalidSignatureException","message":"Signature expired"}""")(context);
        }
    }

    [Fact]
    public async Task A_refused_signature_at_the_right_time_is_an_error()
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Json(400, """{"__type":"InvalidSignatureException"}"""));
        using var client = server.CreateClient();

        var error = await Assert.ThrowsAsync<KinesisException>(async () => await GetIteratorAsync(client));

        Assert.Equal("InvalidSignatureException", error.ErrorCode);
        Assert.Single(server.Arrivals);
    }

    [Fact]
    public void Back_off_doubles_up_to_its_limit_and_uses_the_whole_span()
    {
        var backOff = new JitteredBackOff(TimeSpan.FromMilliseconds(100), new Random(7));
        foreach ((var retry, var ceiling) in (ReadOnlySpan<(int, double)>)[(1, 100), (2, 200), (5, 1_600), (9, 20_000), (500, 20_000)])
        {
            double[] waits = [.. Enumerable.Range(0, 200).Select(_ => backOff.Next(retry).TotalMilliseconds)];
            Assert.All(waits, wait => Assert.InRange(wait, 0, ceiling));
            Assert.True(waits.Min() < ceiling * 0.1 && waits.Max() > ceiling * 0.9);
        }
    }

    private static Task<string> GetIteratorAsync(KinesisClient client) =>
        client.GetShardIteratorAsync("s", "x", ShardIteratorStart.Latest, Cancellation).AsTask();

    private static async Task ResetInsideTheAnswer(HttpContext context)
    {
        context.Response.ContentLength = 100;
        await context.Response.WriteAsync("""{"ShardIter""", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }

    private sealed class ThrottledOnce : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Requests++ == 0
                ? new HttpResponseMessage((System.Net.HttpStatusCode)429)
                : new HttpResponseMessage { Content = new StringContent("""{"ShardIterator":"it"}""") });
    }
}
