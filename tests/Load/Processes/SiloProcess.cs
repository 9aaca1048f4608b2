using System.Text.Json.Nodes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Processes;

/// <summary>Silo, gateway and processor in a process of their own, on free ports, with the product's own settings.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http = new();
    private readonly Uri _admin;

    private SiloProcess(ChildProcess process, Uri gateway, Uri admin, string siloAddress)
    {
        _process = process;
        Gateway = gateway;
        _admin = admin;
        SiloAddress = siloAddress;
    }

    public Uri Gateway { get; }

    /// <summary>Where other silos join.</summary>
    public string SiloAddress { get; }

    /// <param name="kinesis">Where the stream is.</param>
    /// <param name="processor">One of <see cref="Host.HostCommand"/>'s.</param>
    /// <param name="folder">For the checkpoints; the same for all silos of a cluster.</param>
    /// <param name="first">The silo to join; null if this is the first.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<SiloProcess> StartAsync(
        KinesisProcess kinesis, string processor, string folder, SiloProcess? first, CancellationToken cancellationToken)
    {
        string[] place = first is null ? [] : ["--join", first.SiloAddress];
        var process = ChildProcess.Start(
            product: true,
            [
                "host", processor, "--kinesis-endpoint", kinesis.Endpoint.ToString(), "--data-folder", folder, "--stream-name", KinesisProcess.Stream,
                "--gateway-port", "0", "--admin-port", "0", "--silo-port", "0", "--orleans-gateway-port", "0", .. place,
            ]);
        try
        {
            var gateway = await AddressAsync("gateway ");
            var admin = await AddressAsync("admin ");
            return new(process, new(gateway), new(admin), await AddressAsync("silo "));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        async Task<string> AddressAsync(string name) =>
            (await process.ReadLineAsync(name, TimeSpan.Zero, cancellationToken)).TrimStart().Split(' ')[0];
    }

    public ProcessUsage Usage() => _process.Usage();

    /// <param name="reset">Begin a new measurement of latencies.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<HostReport> ReportAsync(bool reset, CancellationToken cancellationToken) => _process.AskAsync(
        reset ? HostReport.AskAndReset : HostReport.Ask, LoadJson.Default.HostReport, TimeSpan.Zero, cancellationToken);

    /// <summary>Shards that the cluster's silos read at the moment, by silo.</summary>
    public async Task<int[]> ShardsReadAsync(CancellationToken cancellationToken)
    {
        var status = JsonNode.Parse(await _http.GetStringAsync(new Uri(_admin, $"/streams/{KinesisProcess.Stream}"), cancellationToken))!;
        return
        [
            .. status["shards"]!.AsArray()
                .Where(shard => (string?)shard!["state"] == "Reading")
                .GroupBy(shard => (string?)shard!["silo"])
                .Select(silo => silo.Count()),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }
}
