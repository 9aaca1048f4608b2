using DataProcessor.Aws.Kinesis;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Load.Peers;

/// <summary>The Kinesis that a peer was told to use.</summary>
internal static class PeerKinesis
{
    public static KinesisClient Connect(PeerOptions options)
    {
        var kinesis = new KinesisClientOptions { Endpoint = options.Endpoint };
        return new(
            kinesis,
            KinesisCredentials.For(kinesis),
            KinesisTransport.CreateHandler(),
            TimeProvider.System,
            new Random(1),
            NullLogger<KinesisClient>.Instance);
    }
}
