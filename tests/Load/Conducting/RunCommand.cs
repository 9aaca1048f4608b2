using System.Runtime.InteropServices;
using DataProcessor.Load.Reporting;
using DataProcessor.Load.Rows;

namespace DataProcessor.Load.Conducting;

/// <summary>The harness: measures, prints the tables, and writes them to a file.</summary>
internal static class RunCommand
{
    private const int Sound = 0;
    private const int Unsound = 1;
    private const int Misused = 2;
    private const int Interrupted = 130;

    /// <returns>0, or 1 if a row failed or its records were not what they should be.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await RunAsync(args, Console.Out, Console.Error, stop.Token);
        }
        catch (ArgumentException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Misused;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Interrupted;
        }

        // Not at once: the processes end first.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>The same inside a process that has something else to do.</summary>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
    {
        if (args.Contains("--help"))
        {
            await output.WriteLineAsync(LoadOptions.Usage);
            return Sound;
        }

        var options = LoadOptions.Parse(args);
        var rows = LoadRun.Choose(AllRows.Create(), options.Rows);
        if (options.ListOnly)
        {
            foreach (var row in rows)
            {
                await output.WriteLineAsync($"{row.Name,-12} {row.States}");
            }

            return Sound;
        }

        var machine = await Machine.DescribeAsync(cancellationToken);
        var results = await new LoadRun(options.Effort, progress).RunAsync(rows, cancellationToken);
        var document = new Document(options.Effort, args, machine).Render(results);
        await output.WriteLineAsync(document);
        if (options.Output is { } file)
        {
            await File.WriteAllTextAsync(file, document, cancellationToken);
        }

        return results.IsSound ? Sound : Unsound;
    }
}
