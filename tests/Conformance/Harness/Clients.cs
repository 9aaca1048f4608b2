using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Conformance.Harness;

/// <summary>Our client, as the suites set it up.</summary>
internal static class Clients
{
    public static KinesisClient Recorded(RecordingHandler handler) => new(
        new KinesisClientOptions(),
        new BasicAWSCredentials("AKID", "secret"),
        handler,
        TimeProvider.System,
        new Random(1),
        NullLogger<KinesisClient>.Instance);

    public static KinesisClient Connected(Uri endpoint)
    {
        var options = new KinesisClientOptions { Endpoint = endpoint };
        return new KinesisClient(
            options,
            KinesisCredentials.For(options),
            KinesisTransport.CreateHandler(),
            TimeProvider.System,
            new Random(1),
            NullLogger<KinesisClient>.Instance);
    }
}
