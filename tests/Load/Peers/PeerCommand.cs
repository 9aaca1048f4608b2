using System.Runtime.InteropServices;
using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Load.Peers;

/// <summary>
/// <c>Load peer &lt;name&gt; [--option value]…</c>: what the system is compared with, as a process of its own. It prints
/// <c>ready {json}</c> when it serves or begins and <c>result {json}</c> at its end, which is SIGTERM, Ctrl-C, or what
/// <c>--seconds</c> and <c>--records</c> say. README.md beside this file lists peers and options.
/// </summary>
internal static class PeerCommand
{
    private const int Succeeded = 0;
    private const int Failed = 1;
    private const int Misused = 2;

    /// <param name="args">From the peer's name on.</param>
    /// <returns>The process' exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        return await RunAsync(args, Console.Out, Console.Error, stop.Token);

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>The same inside a process that has something else to do.</summary>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        if (args is not [var name, .. var switches])
        {
            await errors.WriteLineAsync("Name a peer: kestrel, reader, putrecords, aggregator or lifion.");
            return Misused;
        }

        try
        {
            var options = PeerOptions.Parse(switches);
            using var run = new PeerRun(options, output, TimeProvider.System, stop);
            switch (name)
            {
                case "kestrel":
                    await KestrelPeer.RunAsync(options, run);
                    break;
                case "reader":
                    await ReaderPeer.RunAsync(options, run);
                    break;
                case "putrecords":
                    await PutRecordsPeer.RunAsync(options, run);
                    break;
                case "aggregator" or "lifion":
                    return await NodePeer.RunAsync($"{name}.mjs", switches, output, errors, stop);
                default:
                    throw new PeerUsageException($"There is no peer '{name}'.");
            }

            await run.ReportResultAsync();
            return Succeeded;
        }
        catch (PeerUsageException misuse)
        {
            await errors.WriteLineAsync(misuse.Message);
            return Misused;
        }
        catch (KinesisException refused)
        {
            await errors.WriteLineAsync($"{name}: {refused.Message}");
            return Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await errors.WriteLineAsync($"{name}: stopped before it was ready.");
            return Failed;
        }
    }
}
