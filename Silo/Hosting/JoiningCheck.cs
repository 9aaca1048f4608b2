using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace DataProcessor.Silo.Hosting;

/// <summary>
/// Before a silo joins: is all there that it shares with the first one? A silo with another state file would start at the
/// beginning of the stream what it takes over.
/// </summary>
internal sealed class JoiningCheck(IOptions<DataProcessorOptions> options, TimeProvider time) : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var process = options.Value;
        var (first, kinesis) = (process.FirstSilo!, process.KinesisEndpoint!);
        await ConnectAsync(
            new DnsEndPoint(first.Address.ToString(), first.Port),
            $"No silo listens at {first}. The first one is started without --join; --join 127.0.0.1:port names its --silo-port.",
            cancellationToken);
        await ConnectAsync(
            new DnsEndPoint(kinesis.Host, kinesis.Port),
            $"No Kinesis listens at {kinesis}. --kinesis-endpoint names the first silo's.",
            cancellationToken);
        if (process.Storage == StorageKind.Sqlite && !File.Exists(process.StateFile))
        {
            throw new IOException($"There is no {process.StateFile}. --data-folder names the first silo's folder, which they share.");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <exception cref="IOException">Nobody listens there.</exception>
    private async Task ConnectAsync(DnsEndPoint endpoint, string failure, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(endpoint.Host, endpoint.Port, either.Token);
        }
        catch (Exception e) when (e is SocketException || patience.IsCancellationRequested)
        {
            throw new IOException(failure, e);
        }
    }
}
