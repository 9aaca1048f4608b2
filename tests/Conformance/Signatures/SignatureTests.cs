using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Conformance.Harness;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DataProcessor.Conformance.Signatures;

/// <summary>Our requests, signed anew by Amazon's JavaScript signer, which has to come to the same Authorization header.</summary>
public sealed class SignatureTests(ForeignParts foreign)
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 28, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Operations => new(KinesisCalls.All.Select(call => call.Name));

    public static TheoryData<string, string, string?> Identities => new()
    {
        { "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null },
        { "ASIAEXAMPLE", "secret", "short" },
        { "ASIAEXAMPLE", "secret", "IQoJb3JpZ2luX2VjE//////////wEaCXVzLWVhc3QtMSJHMEUCIQD+/=="},
        { "ASIAEXAMPLE", "secret", string.Concat(Enumerable.Repeat("Abc+/9==", 512)) },
        { "ASIAEXAMPLE", "secret", "a  b   c" },
        { "odd/key+id", "sécret ключ 鍵 / + = \" \\", null },
        { "k", "s", "t" },
        { new string('A', 128), new string('s', 256), null },
    };

    public static TheoryData<string> Times => new(
        "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z", "2028-02-29T09:08:07Z", "2026-07-01T00:00:00.999Z");

    public static TheoryData<string, string?> Places => new()
    {
        { "us-east-1", null },
        { "eu-central-1", null },
        { "cn-north-1", null },
        { "us-gov-west-1", null },
        { "us-east-1", "http://127.0.0.1:4567" },
        { "us-east-1", "http://localhost" },
        { "us-east-1", "https://kinesis.example.com:443" },
        { "us-east-1", "https://vpce-0123.kinesis.us-east-1.vpce.amazonaws.com:8443" },
    };

    public static TheoryData<string> Texts => new(
        "plain", "", " leading and trailing ", "quote\" back\\slash", "line\nbreak\ttab", "a+b&c=d?e#f%20/../",
        "Zürich-Ω-日本語", "😀 outside the first plane", "\u0001\u007f", new string('k', 256));

    [Fact]
    public void No_operation_is_left_out() => Assert.Equal(
        typeof(KinesisClient).GetMethods()
            .Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal))
            .Select(method => method.Name[..^"Async".Length])
            .Distinct()
            .Order(),
        KinesisCalls.All.Select(call => call.Name).Order());

    [Theory]
    [MemberData(nameof(Operations))]
    public Task Every_operation_is_signed_as_Amazons_signer_does(string operation) =>
        CheckAsync(KinesisCalls.Named(operation), new SessionAWSCredentials("AKID", "secret", "token"));

    [Theory]
    [MemberData(nameof(Identities))]
    public async Task Any_credentials_are_signed_with(string accessKey, string secret, string? token)
    {
        AWSCredentials credentials = token is null
            ? new BasicAWSCredentials(accessKey, secret)
            : new SessionAWSCredentials(accessKey, secret, token);
        await CheckAsync(KinesisCalls.Named("PutRecords"), credentials);
        await CheckAsync(KinesisCalls.Named("ListShards"), credentials);
    }

    [Theory]
    [MemberData(nameof(Times))]
    public Task The_day_of_the_scope_is_the_requests(string time) => CheckAsync(
        KinesisCalls.Named("GetRecords"), new BasicAWSCredentials("AKID", "secret"), now: DateTimeOffset.Parse(time, null));

    [Theory]
    [MemberData(nameof(Places))]
    public Task Any_region_and_endpoint_is_signed_for(string region, string? endpoint) => CheckAsync(
        KinesisCalls.Named("PutRecords"),
        new BasicAWSCredentials("AKID", "secret"),
        new KinesisClientOptions { Region = region, Endpoint = endpoint is null ? null : new Uri(endpoint) });

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Any_text_in_a_body_is_signed(string text)
    {
        var credentials = new SessionAWSCredentials("AKID", "secret", "token");
        await CheckAsync(KinesisCalls.PutRecords(text, Encoding.UTF8.GetBytes(text)), credentials);
        await CheckAsync(KinesisCalls.DescribeStreamSummary(text), credentials);
    }

    [Fact]
    public async Task The_key_of_the_day_is_derived_anew_for_the_next_day_and_for_other_credentials()
    {
        var time = new FakeTimeProvider(Noon);
        var credentials = new ChangingCredentials { Current = new ImmutableCredentials("AKID", "first", null) };
        using var handler = new RecordingHandler();
        using var client = Client(new KinesisClientOptions(), credentials, handler, time);
        var call = KinesisCalls.Named("DescribeStreamSummary");

        await CheckAsync(client, handler, call, credentials.Current, "us-east-1", time.GetUtcNow());
        time.Advance(TimeSpan.FromDays(1));
        await CheckAsync(client, handler, call, credentials.Current, "us-east-1", time.GetUtcNow());
        credentials.Current = new ImmutableCredentials("AKID2", "second", "token");
        await CheckAsync(client, handler, call, credentials.Current, "us-east-1", time.GetUtcNow());
    }

    private async Task CheckAsync(
        KinesisCall call, AWSCredentials credentials, KinesisClientOptions? options = null, DateTimeOffset? now = null)
    {
        options ??= new KinesisClientOptions();
        var time = new FakeTimeProvider(now ?? Noon);
        using var handler = new RecordingHandler();
        using var client = Client(options, credentials, handler, time);
        await CheckAsync(client, handler, call, await credentials.GetCredentialsAsync(), options.Region, time.GetUtcNow());
    }

    private async Task CheckAsync(
        KinesisClient client,
        RecordingHandler handler,
        KinesisCall call,
        ImmutableCredentials identity,
        string region,
        DateTimeOffset now)
    {
        var signer = await foreign.SignerAsync();
        await call.SendAsync(client, handler, TestContext.Current.CancellationToken);
        var ours = handler.Last!;

        var theirs = await signer.CallAsync("sign", Describe(ours, identity, region, now), TestContext.Current.CancellationToken);
        foreach (var name in (string[])["authorization", "x-amz-date", "x-amz-security-token"])
        {
            Assert.Equal(theirs![name]?.GetValue<string>(), ours.Headers.GetValueOrDefault(name));
        }

        foreign.Cases.Add("signatures");
    }

    private static JsonObject Describe(RecordedRequest request, ImmutableCredentials identity, string region, DateTimeOffset now)
    {
        // Not what the signer is to find out itself.
        var headers = new JsonObject(request.Headers
            .Where(header => header.Key is not ("authorization" or "x-amz-date" or "x-amz-security-token"))
            .Select(header => KeyValuePair.Create(header.Key, (JsonNode?)header.Value)));
        var credentials = new JsonObject { ["accessKeyId"] = identity.AccessKey, ["secretAccessKey"] = identity.SecretKey };
        if (identity.UseToken)
        {
            credentials["sessionToken"] = identity.Token;
        }

        return new JsonObject
        {
            ["method"] = request.Method,
            ["url"] = request.Address.AbsoluteUri,
            ["headers"] = headers,
            ["body"] = Convert.ToBase64String(request.Body),
            ["credentials"] = credentials,
            ["region"] = region,
            ["service"] = "kinesis",
            ["time"] = now.ToString("O"),
        };
    }

    private static KinesisClient Client(
        KinesisClientOptions options, AWSCredentials credentials, RecordingHandler handler, TimeProvider time) =>
        new(options, credentials, handler, time, new Random(1), NullLogger<KinesisClient>.Instance);

    private sealed class ChangingCredentials : AWSCredentials
    {
        public required ImmutableCredentials Current { get; set; }

        public override ImmutableCredentials GetCredentials() => Current;

        public override Task<ImmutableCredentials> GetCredentialsAsync() => Task.FromResult(Current);
    }
}
