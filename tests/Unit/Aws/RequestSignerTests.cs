using System.Globalization;
using System.Text;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Signing;
using CsCheck;
using DataProcessor.Aws.Signing;
using Xunit;

namespace DataProcessor.Unit.Aws;

public sealed class RequestSignerTests
{
    private const string ExampleSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private static readonly Gen<string> Printable = Gen.Char['!', '~'].Array[1, 60].Select(chars => new string(chars));

    // Session tokens are base64, 200 to some thousand characters; inner spaces are there for the canonical form's sake.
    private static readonly Gen<string> Token = Gen.OneOf(
        Gen.Char["ABCxyz019+/= "].Array[1, 3_000].Select(chars => "t" + new string(chars) + "t"), Gen.Const(""));

    /// <summary>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html and its ListUsers example.</summary>
    [Fact]
    public void Signs_the_documented_example()
    {
        var time = SigningTime.At(new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero));
        var request = new RequestToSign
        {
            Method = "GET",
            Query = "Action=ListUsers&Version=2010-05-08",
            Headers =
            [
                new("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
                new("host", "iam.amazonaws.com"),
                new("x-amz-date", time.Stamp),
            ],
            Body = [],
        };

        var header = new RequestSigner("us-east-1", "iam").Sign(
            request, new ImmutableCredentials("AKIDEXAMPLE", ExampleSecret, null), time);

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
            + "SignedHeaders=content-type;host;x-amz-date, "
            + "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            header);
    }

    [Fact]
    public void Derives_the_documented_key() => Assert.Equal(
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
        Convert.ToHexStringLower(SigningKey.Derive(ExampleSecret, "20150830", "us-east-1", "iam").Bytes));

    [Fact]
    public void Agrees_with_Amazons_own_signer() => Gen.Select(
        Gen.OneOf("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"),
        Gen.OneOf("https://kinesis.eu-central-1.amazonaws.com/", "http://127.0.0.1:4567/", "http://[::1]:4567/", "https://a-b.example:8443/"),
        Gen.OneOf(("application/x-amz-cbor-1.1", "Kinesis_20131202.PutRecords"), ("application/x-amz-json-1.1", "Kinesis_20131202.ListShards")),
        Printable,
        Printable,
        Token,
        Gen.Byte.Array[0, 2_000],
        Gen.DateTime[new DateTime(2000, 1, 1), new DateTime(2100, 1, 1)]).Sample((region, address, call, accessKey, secret, token, body, at) =>
    {
        var uri = new Uri(address);
        at = DateTime.SpecifyKind(at, DateTimeKind.Utc);
        var time = SigningTime.At(at);
        AWSCredentials credentials = token.Length == 0
            ? new BasicAWSCredentials(accessKey, secret)
            : new SessionAWSCredentials(accessKey, secret, token);
        var theirs = SignWithAmazon(region, uri, call, credentials, body, at);

        SignedHeader[] headers =
        [
            new("content-type", call.Item1),
            new("host", uri.Authority),
            new("x-amz-content-sha256", theirs["X-Amz-Content-SHA256"]),
            new("x-amz-date", time.Stamp),
            new("x-amz-security-token", token),
            new("x-amz-target", call.Item2),
        ];
        var ours = new RequestSigner(region, "kinesis").Sign(
            new RequestToSign
            {
                Method = "POST",
                Headers = token.Length == 0 ? [.. headers.Where(header => header.Name != "x-amz-security-token")] : headers,
                Body = body,
            },
            credentials.GetCredentials(),
            time);

        Assert.Equal(theirs["Authorization"], ours);
    }, iter: 300);

    [Fact]
    public void Signs_with_a_new_key_when_the_day_or_the_secret_changes()
    {
        var signer = new RequestSigner("us-east-1", "kinesis");
        var monday = DateTimeOffset.Parse("2026-02-02T23:59:59Z", CultureInfo.InvariantCulture);
        (string Secret, DateTimeOffset At)[] calls =
            [("one", monday), ("one", monday.AddSeconds(1)), ("two", monday.AddSeconds(2)), ("one", monday)];

        foreach ((var secret, var at) in calls)
        {
            Assert.Equal(Sign(new RequestSigner("us-east-1", "kinesis"), secret, at), Sign(signer, secret, at));
        }
    }

    private static string Sign(RequestSigner signer, string secret, DateTimeOffset at)
    {
        var time = SigningTime.At(at);
        var request = new RequestToSign
        {
            Method = "POST",
            Headers = [new("host", "h"), new("x-amz-date", time.Stamp)],
            Body = Encoding.UTF8.GetBytes("{}"),
        };
        return signer.Sign(request, new ImmutableCredentials("key", secret, null), time);
    }

    private static IDictionary<string, string> SignWithAmazon(
        string region, Uri uri, (string ContentType, string Target) call, AWSCredentials credentials, byte[] body, DateTime at)
    {
        var request = new AWSSigningRequest { HttpMethod = HttpMethod.Post, RequestUri = uri, Content = body };
        request.Headers["content-type"] = call.ContentType;
        request.Headers["x-amz-target"] = call.Target;
        var parameters = new AWSSigV4Parameters
        {
            Credentials = credentials,
            Region = RegionEndpoint.GetBySystemName(region),
            Service = "kinesis",
            SignedAt = at,
        };
        return AWSSigV4Signer.Sign(request, parameters).Headers;
    }
}
