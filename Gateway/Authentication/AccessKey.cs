using DataProcessor.Aws.Signing;

namespace DataProcessor.Gateway.Authentication;

/// <summary>A configured key pair, with the signing key that it was last used with.</summary>
internal sealed class AccessKey(string secret, StreamGrant streams)
{
    /// <summary>The service that requests are signed for.</summary>
    public const string Service = "kinesis";

    /// <summary>Clients of a pair are mostly of one region.</summary>
    private SigningKey? _last;

    public StreamGrant Streams => streams;

    public SigningKey SigningKeyFor(SigningTime time, string region) =>
        SigningKey.Get(ref _last, secret, time, region, Service);
}
