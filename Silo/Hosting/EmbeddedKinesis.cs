using DataProcessor.Aws.Local;
using Microsoft.Extensions.Options;

namespace DataProcessor.Silo.Hosting;

/// <summary>Runs the embedded Kinesis as long as the process. What the process' options leave open is in section <c>Kinesis</c>.</summary>
internal sealed class EmbeddedKinesis(
    IOptions<DataProcessorOptions> options,
    IConfiguration configuration,
    TimeProvider time,
    ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private LocalKinesisServer? _server;

    public Uri Endpoint => _server?.Endpoint ?? throw new InvalidOperationException("The embedded Kinesis is not started.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var process = options.Value;
        var kinesis = new LocalKinesisOptions
        {
            Port = process.KinesisPort,
            DataFolder = Path.Combine(process.DataFolder, "kinesis"),
            Region = process.Region,
            Streams = new Dictionary<string, int> { [process.StreamName] = process.ShardCount },
        };
        DataProcessorConfiguration.Bind(configuration.GetSection("Kinesis"), kinesis);
        _server = await LocalKinesisServer.StartAsync(kinesis, time, loggers, cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.DisposeAsync();
        }
    }
}
