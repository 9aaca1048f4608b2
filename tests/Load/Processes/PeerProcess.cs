using System.Text.Json.Nodes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Processes;

/// <summary>What the system is compared with, in a process of its own.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly int _processId;

    private PeerProcess(ChildProcess process, JsonNode ready)
    {
        _process = process;

        // That of the foreign program, if the peer is one.
        _processId = (int?)ready["pid"] ?? process.Id;
        Endpoint = (string?)ready["endpoint"] is { } endpoint ? new(endpoint) : null;
    }

    /// <summary>Where it listens, if it does.</summary>
    public Uri? Endpoint { get; }

    /// <summary>Starts it and waits until it serves or has begun.</summary>
    public static async Task<PeerProcess> StartAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var process = ChildProcess.Start(product: true, ["peer", .. arguments]);
        try
        {
            return new(process, JsonNode.Parse(await process.ReadLineAsync(RoleLines.Ready, TimeSpan.Zero, cancellationToken))!);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ProcessUsage Usage() => ProcessUsage.Read(_processId);

    /// <summary>Ends it and returns the user records that it says it had.</summary>
    public async Task<long> StopAsync(CancellationToken cancellationToken)
    {
        _process.Terminate();
        return (long)JsonNode.Parse(await _process.ReadLineAsync(RoleLines.Result, TimeSpan.Zero, cancellationToken))!["records"]!;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
