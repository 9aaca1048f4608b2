using System.Globalization;

namespace DataProcessor.Load.Processes;

/// <summary>The embedded Kinesis in a process of its own, on a free port.</summary>
internal sealed class KinesisProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http = new();

    private KinesisProcess(ChildProcess process, Uri endpoint)
    {
        _process = process;
        Endpoint = endpoint;
    }

    /// <summary>The stream that it makes.</summary>
    public const string Stream = "data-processing-stream";

    public Uri Endpoint { get; }

    /// <param name="shards">Of the stream.</param>
    /// <param name="enforceLimits">Whether shards and calls are throttled as in the service.</param>
    /// <param name="folder">For its records.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<KinesisProcess> StartAsync(int shards, bool enforceLimits, string folder, CancellationToken cancellationToken)
    {
        var process = ChildProcess.Start(
            product: true,
            "host", Host.HostCommand.NoOp, "--role", "kinesis", "--kinesis-port", "0", "--data-folder", folder,
            "--stream-name", Stream, "--shard-count", shards.ToString(CultureInfo.InvariantCulture),
            $"--Kinesis:EnforceLimits={enforceLimits}", $"--Kinesis:MaxDataBytes={64L << 30}");
        try
        {
            var address = await process.ReadLineAsync("kinesis ", TimeSpan.Zero, cancellationToken);
            return new(process, new(address.TrimStart().Split(' ')[0]));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ProcessUsage Usage() => _process.Usage();

    public async Task<KinesisCounts> CountAsync(CancellationToken cancellationToken) =>
        KinesisCounts.Parse(await _http.GetStringAsync(Endpoint, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }
}
