using System.Globalization;
using System.Text;
using CsCheck;
using DataProcessor.Unit.Gateway.KinesisApi;
using Xunit;

namespace DataProcessor.Unit.Gateway.Authentication;

/// <summary>Who may use Kinesis' interface. The signatures are made by Amazon's signer of AWSSDK.Core.</summary>
public sealed class SignatureTests
{
    private const string Id = "DPAKEXAMPLE";
    private const string OtherId = "DPAKOTHER";
    private const string Invalid = "InvalidSignatureException";
    private const string Incomplete = "IncompleteSignatureException";

    private static readonly string Secret = new('s', 40);
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        $$"""{"StreamName":"{{MemoryCluster.StreamName}}","Data":"aGk=","PartitionKey":"k"}""");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task A_call_signed_with_a_pair_of_the_gateways_is_taken_in_any_region()
    {
        await using var gateway = await StartAsync();
        foreach (var region in (string[])["eu-central-1", "us-east-1", "eu-central-1"])
        {
            var call = SignedCall.Of(gateway.Client.BaseAddress!, Body, Id, Secret, Now, region);
            Assert.Equal((200, null), await call.SendAsync(gateway.Client.BaseAddress!, Cancel));
        }
    }

    [Fact]
    public async Task No_byte_of_a_signed_call_can_be_changed()
    {
        await using var gateway = await StartAsync();
        var address = gateway.Client.BaseAddress!;
        var changes = new Dictionary<string, int>();
        var answers = new Dictionary<string, int>();

        await Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9_999], Gen.Char['!', '~']).SampleAsync(
            async (part, where, character) =>
            {
                var call = SignedCall.Of(address, Body, Id, Secret, Now);
                var what = Change(call, part, where, character);
                if (what is null)
                {
                    return;
                }

                var (status, type) = await call.SendAsync(address, Cancel);

                Assert.True(status is 400 or 403 or 404 or 405, $"{what}: {status} {type}");
                changes[what] = changes.GetValueOrDefault(what) + 1;
                answers[type ?? "refused before"] = answers.GetValueOrDefault(type ?? "refused before") + 1;
            },
            iter: 600,
            threads: 1);

        Assert.Empty(gateway.Cluster.Stored);
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Join(", ", changes.Concat(answers).Select(count => $"{count.Key}: {count.Value}")));
        Assert.Equal(
            ["authorization", "body", "content-type", "host", "path", "x-amz-content-sha256", "x-amz-date", "x-amz-target"],
            changes.Keys.Order(StringComparer.Ordinal));
        Assert.All([Invalid, Incomplete, "UnrecognizedClientException"], type => Assert.Contains(type, answers.Keys));
    }

    [Theory]
    [InlineData(-4.9, null)]
    [InlineData(4.9, null)]
    [InlineData(-5.1, Invalid)]
    [InlineData(5.1, Invalid)]
    public async Task A_signature_is_good_for_five_minutes(double minutes, string? error)
    {
        await using var gateway = await StartAsync();
        var call = SignedCall.Of(gateway.Client.BaseAddress!, Body, Id, Secret, Now.AddMinutes(minutes));
        Assert.Equal(error, (await call.SendAsync(gateway.Client.BaseAddress!, Cancel)).Type);
    }

    [Theory]
    [InlineData("nobody", "kinesis", "UnrecognizedClientException")]
    [InlineData(OtherId, "kinesis", Invalid)]
    [InlineData(Id, "firehose", Invalid)]
    public async Task A_signature_is_of_one_secret_and_for_one_service(string id, string service, string error)
    {
        await using var gateway = await StartAsync();
        var call = SignedCall.Of(gateway.Client.BaseAddress!, Body, id, Secret, Now, service: service);
        Assert.Equal((403, error), await call.SendAsync(gateway.Client.BaseAddress!, Cancel));
    }

    [Theory]
    [InlineData("authorization", null, "MissingAuthenticationTokenException")]
    [InlineData("authorization", "Bearer key", Incomplete)]
    [InlineData("authorization", "AWS4-HMAC-SHA256 Credential=DPAKEXAMPLE/20260101/r/kinesis/aws4_request, SignedHeaders=host", Incomplete)]
    [InlineData("x-amz-date", null, Incomplete)]
    [InlineData("x-amz-date", "yesterday", Incomplete)]
    [InlineData("x-amz-security-token", "unsigned", Invalid)]
    [InlineData("x-amz-content-sha256", "UNSIGNED-PAYLOAD", Invalid)]
    [InlineData("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", Invalid)]
    public async Task What_is_missing_or_unsigned_is_told(string header, string? value, string error)
    {
        await using var gateway = await StartAsync();
        var call = SignedCall.Of(gateway.Client.BaseAddress!, Body, Id, Secret, Now);
        call.Headers.Remove(header);
        if (value is not null)
        {
            call.Headers[header] = value;
        }

        Assert.Equal((403, error), await call.SendAsync(gateway.Client.BaseAddress!, Cancel));
        Assert.Empty(gateway.Cluster.Stored);
    }

    [Theory]
    [InlineData("content-type;host;x-amz-content-sha256;x-amz-date", Invalid)]
    [InlineData("content-type;x-amz-content-sha256;x-amz-date;x-amz-target", Invalid)]
    [InlineData("host;x-amz-content-sha256;x-amz-date;x-amz-target", Invalid)]
    [InlineData("host;content-type;x-amz-content-sha256;x-amz-date;x-amz-target", Incomplete)]
    [InlineData("content-type;Host;x-amz-content-sha256;x-amz-date;x-amz-target", Incomplete)]
    [InlineData("content-type;host;host;x-amz-content-sha256;x-amz-date;x-amz-target", Incomplete)]
    [InlineData("content-type;host;not-there;x-amz-content-sha256;x-amz-date;x-amz-target", Invalid)]
    public async Task All_that_a_call_means_must_be_among_the_signed_headers(string names, string error)
    {
        await using var gateway = await StartAsync();
        var call = SignedCall.Of(gateway.Client.BaseAddress!, Body, Id, Secret, Now);
        var authorization = call.Headers["authorization"];
        Assert.Contains("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target,", authorization, StringComparison.Ordinal);
        call.Headers["authorization"] = authorization.Replace(
            "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target", names, StringComparison.Ordinal);

        Assert.Equal((403, error), await call.SendAsync(gateway.Client.BaseAddress!, Cancel));
    }

    [Fact]
    public async Task A_pair_may_be_for_some_streams_only()
    {
        await using var gateway = await StartAsync();
        var call = SignedCall.Of(gateway.Client.BaseAddress!, Body, OtherId, new('o', 40), Now);
        Assert.Equal((403, "AccessDeniedException"), await call.SendAsync(gateway.Client.BaseAddress!, Cancel));
    }

    [Fact]
    public async Task A_call_that_cannot_be_right_is_refused_before_its_body_is_read()
    {
        await using var gateway = await StartAsync();
        Assert.True(gateway.InFlight.TryTake(256 * 1024 * 1024));

        var unsigned = await gateway.CallAsync("PutRecord", Body, KinesisCall.JsonType);

        Assert.Equal("MissingAuthenticationTokenException", unsigned.Type);
    }

    private static Task<LoopbackGateway> StartAsync() => LoopbackGateway.StartAsync(configure: options =>
    {
        options.Authentication.AccessKeys.Add(new() { Id = Id, Secret = Secret });
        options.Authentication.AccessKeys.Add(new() { Id = OtherId, Secret = new('o', 40), Streams = { "other" } });
    });

    /// <summary>Changes one character; what it belongs to, or null when it was that character.</summary>
    private static string? Change(SignedCall call, int part, int where, char character)
    {
        switch (part)
        {
            case 0 or 1:
                var at = where % call.Body.Length;
                (var was, call.Body) = ((char)call.Body[at], [.. call.Body]);
                call.Body[at] = (byte)character;
                return was == character ? null : "body";
            case 2:
                call.Path = character.ToString(CultureInfo.InvariantCulture);
                return character == '/' ? null : "path";
            case 3 or 4:
                return ChangeHeader(call, "authorization", where, character);
            default:
                var name = call.Headers.Keys.Order(StringComparer.Ordinal).ElementAt(where % call.Headers.Count);
                return ChangeHeader(call, name, where, character);
        }
    }

    private static string? ChangeHeader(SignedCall call, string name, int where, char character)
    {
        var value = call.Headers[name].ToCharArray();
        var at = where % value.Length;
        if (value[at] == character)
        {
            return null;
        }

        value[at] = character;
        call.Headers[name] = new(value);
        return name.ToLowerInvariant();
    }
}
