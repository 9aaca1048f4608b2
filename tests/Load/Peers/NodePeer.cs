using System.Diagnostics;

namespace DataProcessor.Load.Peers;

/// <summary>
/// A peer in Node: its lines are passed through, so the process that they name is Node's. It ends with its input: closing
/// that asks for its result, and if this process is killed it goes too.
/// </summary>
internal static class NodePeer
{
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(
        string script, string[] switches, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Folder(), script), .. switches])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";

        // The SDKs' notices about their own future.
        start.Environment["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
        start.Environment["AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE"] = "1";
        using var node = Process.Start(start)!;
        await using var stopping = stop.Register(node.StandardInput.Close);
        try
        {
            await Task.WhenAll(CopyLinesAsync(node.StandardOutput, output), CopyLinesAsync(node.StandardError, errors), WaitForEndAsync(node, stop));
            return node.ExitCode;
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill(entireProcessTree: true);
            }
        }
    }

    private static async Task WaitForEndAsync(Process node, CancellationToken stop)
    {
        try
        {
            await node.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            using var atMost = new CancellationTokenSource(EndTime);
            await node.WaitForExitAsync(atMost.Token);
        }
    }

    private static async Task CopyLinesAsync(TextReader from, TextWriter to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            await to.WriteLineAsync(line);
            await to.FlushAsync();
        }
    }

    /// <summary>The folder with the scripts, found from where this, or the tests that contain it, were built to.</summary>
    private static string Folder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var node in new[] { Path.Combine(folder.FullName, "node"), Path.Combine(folder.FullName, "Load", "node") })
            {
                if (File.Exists(Path.Combine(node, "peer.mjs")))
                {
                    return node;
                }
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has node/peer.mjs.");
    }
}
