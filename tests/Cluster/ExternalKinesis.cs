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

    public async ValueTask DisposeAsync() => await StopAsync();
}
