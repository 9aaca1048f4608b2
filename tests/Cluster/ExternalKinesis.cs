using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Cluster;

/// <summary>A Kinesis outside of the process under test, which goes down and comes back at the same address with its records.</summary>
internal sealed class ExternalKinesis(string dataFolder) : IAsyncDisposable
{
    private int _port;
    private LocalKinesisServer? _server;

    public string Endpoint => $"http://127.0.0.1:{_port}";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = new LocalKinesisOptions { Port = _port, DataFolder = Path.Combine(dataFolder, "kinesis") };
        _server = await LocalKinesisServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        _port = _server.Endpoint.Port;
    }

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Deletes the stream and makes one of the same name, at least a second younger.</summary>
    public async Task RecreateStreamAsync(string stream, int shards, CancellationToken cancellationToken)
    {
        var options = new KinesisClientOptions { Region = "us-east-1", Endpoint = new(Endpoint) };
        using var client = new KinesisClient(
            options,
            KinesisCredentials.For(options),
            KinesisTransport.CreateHandler(),
            TimeProvider.System,
            new Random(1),
            NullLogger<KinesisClient>.Instance);
        while (!await TryDeleteAsync(client, stream, cancellationToken))
        {
        }

        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1.1));
        await second.WaitForNextTickAsync(cancellationToken);
        await client.CreateStreamAsync(stream, shards, cancellationToken);
    }

    /// <returns>False if a reader was quick enough to register its consumer anew.</returns>
    private static async Task<bool> TryDeleteAsync(KinesisClient client, string stream, CancellationToken cancellationToken)
    {
        var arn = (await client.DescribeStreamSummaryAsync(stream, cancellationToken)).StreamArn;
        foreach (var consumer in await client.ListStreamConsumersAsync(arn, cancellationToken))
        {
            await client.DeregisterStreamConsumerAsync(consumer.ConsumerArn, cancellationToken);
        }

        try
        {
            await client.DeleteStreamAsync(stream, cancellationToken);
            return true;
        }
        catch (KinesisException refusal) when (refusal.ErrorCode == "ResourceInUseException")
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
