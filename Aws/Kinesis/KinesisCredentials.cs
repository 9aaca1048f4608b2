using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace DataProcessor.Aws.Kinesis;

/// <summary>The credentials that fit an endpoint.</summary>
public static class KinesisCredentials
{
    /// <summary>
    /// Fixed ones for an emulator on this machine, which only looks whether a signature is there; the search for real ones
    /// would end at the EC2 metadata address and wait for it. Everything else takes AWSSDK.Core's chain: environment, web
    /// identity, profile, container, instance.
    /// </summary>
    public static AWSCredentials For(KinesisClientOptions options) => options.Endpoint is { IsAbsoluteUri: true, IsLoopback: true }
        ? new BasicAWSCredentials("local", "local")
        : DefaultAWSCredentialsIdentityResolver.GetCredentials();
}
