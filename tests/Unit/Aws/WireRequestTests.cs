using System.Net;
using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Signing;
using Xunit;
using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

public sealed class WireRequestTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The signer itself is checked against Amazon's in <see cref="RequestSignerTests"/>.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("FwoGZXIvYXdzE+/==")]
    public async Task The_signature_covers_what_arrives(string? token)
    {
        AWSCredentials credentials = token is null
            ? new BasicAWSCredentials("AK", "secret")
            : new SessionAWSCredentials("AK", "secret", token);
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, """{"Records":[],"ShardIterator":"it"}"""));
        using var client = server.CreateClient(credentials: credentials);

        await client.GetShardIteratorAsync("s", "x", ShardIteratorStart.Latest, Cancellation);
        await client.GetRecordsAsync("it", 1, Cancellation);

        Assert.Equal(2, server.Arrivals.Count);
        Assert.All(server.Arrivals, arrival =>
        {
            var authorization = arrival.Headers["authorization"];
            var names = authorization.Split("SignedHeaders=")[1].Split(',')[0].Split(';');
            var request = new RequestToSign
            {
                Method = "POST",
                Headers = names.Select(name => new SignedHeader(name, arrival.Headers[name])).ToArray(),
                Body = arrival.Body,
            };
            Assert.Equal(
                new RequestSigner("us-east-1", "kinesis").Sign(
                    request,
                    credentials.GetCredentials(),
                    SigningTime.At(DateTimeOffset.ParseExact(arrival.Headers["x-amz-date"], "yyyyMMdd'T'HHmmss'Z'", null))),
                authorization);
            Assert.Equal(token, arrival.Headers.GetValueOrDefault("x-amz-security-token"));
        });
    }

    [Fact]
    public async Task Understands_errors_in_CBOR()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Cbor(400, WriteError));
        using var client = server.CreateClient();

        var error = await Assert.ThrowsAsync<KinesisException>(async () => await client.GetRecordsAsync("it", 1, Cancellation));

        Assert.Equal("ExpiredIteratorException", error.ErrorCode);
        Assert.Equal("GetRecords: ExpiredIteratorException (HTTP 400, request id request-7): too late", error.Message);

        static void WriteError(Foreign.CborWriter writer)
        {
            writer.WriteStartMap(2);
            writer.WriteTextString("__type");
            writer.WriteTextString("com.amazonaws.kinesis.v20131202#ExpiredIteratorException");
            writer.WriteTextString("message");
            writer.WriteTextString("too late");
            writer.WriteEndMap();
        }
    }

    [Theory]
    [InlineData("<html>not for you</html>", "Http403", "<html>not for you</html>")]
    [InlineData("{\"__type\":", "Http403", "{\"__type\":")]
    [InlineData("{\"nested\":{\"__type\":\"no\"},\"Message\":\"yes\"}", "Http403", "yes")]
    [InlineData("", "Http403", "no message")]
    public async Task Reports_errors_that_are_not_the_services_own(string body, string code, string message)
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(403, body));
        using var client = server.CreateClient();

        var error = await Assert.ThrowsAsync<KinesisException>(async () => await client.GetRecordsAsync("it", 1, Cancellation));

        Assert.Equal(code, error.ErrorCode);
        Assert.EndsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_credentials_are_reported_and_nothing_is_sent()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, ""));
        using var client = server.CreateClient(credentials: new AnonymousAWSCredentials());

        var error = await Assert.ThrowsAsync<KinesisException>(async () => await client.DeleteStreamAsync("s", Cancellation));

        Assert.Equal("CredentialsUnavailable", error.ErrorCode);
        Assert.False(error.IsOutcomeUnknown);
        Assert.Empty(server.Arrivals);
    }

    [Theory]
    [InlineData("http://127.0.0.1:4567")]
    [InlineData("http://localhost:4567/")]
    [InlineData("http://[::1]:4567/")]
    public async Task An_emulator_on_this_machine_needs_no_credentials(string endpoint)
    {
        var credentials = KinesisCredentials.For(new KinesisClientOptions { Endpoint = new Uri(endpoint) });

        Assert.Equal("local", (await credentials.GetCredentialsAsync()).AccessKey);
    }

    [Theory]
    [InlineData("us-east-1", "https://kinesis.us-east-1.amazonaws.com/")]
    [InlineData("cn-north-1", "https://kinesis.cn-north-1.amazonaws.com.cn/")]
    public void Knows_the_regions_endpoints(string region, string expected) =>
        Assert.Equal(new Uri(expected), KinesisEndpoint.For(new KinesisClientOptions { Region = region }));

    [Theory]
    [InlineData("ftp://host/")]
    [InlineData("http://host/path")]
    [InlineData("http://host/?query")]
    [InlineData("host:4567")]
    public void Refuses_an_endpoint_that_it_could_not_sign_for(string endpoint) => Assert.Throws<ArgumentException>(
        () => KinesisEndpoint.For(new KinesisClientOptions { Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute) }));
}
