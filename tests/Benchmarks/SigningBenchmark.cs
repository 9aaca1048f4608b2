using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Signing;
using BenchmarkDotNet.Attributes;
using DataProcessor.Aws.Signing;

namespace DataProcessor.Benchmarks;

/// <summary>
/// Why there is a signer of our own beside AWSSDK.Core's public one. Bodies of 1 KiB and of 1 MiB: hashing is the same for
/// both, the rest is the difference.
/// </summary>
[MemoryDiagnoser]
public class SigningBenchmark
{
    private const string ContentType = "application/x-amz-cbor-1.1";
    private const string Target = "Kinesis_20131202.PutRecords";

    private static readonly Uri Endpoint = new("https://kinesis.us-east-1.amazonaws.com/");
    private static readonly DateTime At = new(2026, 2, 2, 12, 0, 0, DateTimeKind.Utc);

    private readonly AWSCredentials _credentials = new BasicAWSCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    private readonly RequestSigner _signer = new("us-east-1", "kinesis");
    private ImmutableCredentials _identity = null!;
    private byte[] _body = [];

    [Params(1024, 1024 * 1024)]
    public int BodyBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _identity = _credentials.GetCredentials();
        _body = new byte[BodyBytes];
    }

    [Benchmark(Baseline = true)]
    public string Own()
    {
        var time = SigningTime.At(At);
        var request = new RequestToSign
        {
            Method = "POST",
            Headers =
            [
                new("content-type", ContentType),
                new("host", Endpoint.Authority),
                new("x-amz-date", time.Stamp),
                new("x-amz-target", Target),
            ],
            Body = _body,
        };
        return _signer.Sign(request, _identity, time);
    }

    [Benchmark]
    public string Amazons()
    {
        var request = new AWSSigningRequest { HttpMethod = HttpMethod.Post, RequestUri = Endpoint, Content = _body };
        request.Headers["content-type"] = ContentType;
        request.Headers["x-amz-target"] = Target;
        var parameters = new AWSSigV4Parameters
        {
            Credentials = _credentials,
            Region = RegionEndpoint.USEast1,
            Service = "kinesis",
            SignedAt = At,
        };
        return AWSSigV4Signer.Sign(request, parameters).Headers["Authorization"];
    }
}
