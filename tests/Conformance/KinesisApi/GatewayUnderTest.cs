using DataProcessor.Aws.Local;
using DataProcessor.Cluster;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Conformance.KinesisApi;

/// <summary>The whole process, in front of an embedded Kinesis that foreign clients reach too.</summary>
internal sealed class GatewayUnderTest : IAsyncDisposable
{
    /// <summary>A stream of three shards that the process does not read.</summary>
    public const string UnreadStream = "unread";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("data-processor-");
    private RunningProcess? _process;

    private GatewayUnderTest(LocalKinesisServer kinesis) => Kinesis = kinesis;

    public LocalKinesisServer Kinesis { get; }

    public ProcessedRecords Processed => _process!.Processed;

    public Uri Address => _process!.Gateway.BaseAddress!;

    public static async Task<GatewayUnderTest> StartAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var streams = new Dictionary<string, int> { [RunningProcess.Stream] = 2, [UnreadStream] = 3 };
        var gateway = new GatewayUnderTest(await LocalKinesisServer.StartAsync(
            new LocalKinesisOptions { Port = 0, Streams = streams, EnforceLimits = false },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            cancellationToken));
        try
        {
            gateway._process = await RunningProcess.StartAsync(
                gateway._folder.FullName, cancellationToken, ["--kinesis-endpoint", gateway.Kinesis.Endpoint.ToString(), .. arguments]);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        await Kinesis.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
