using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DataProcessor.Chaos;

/// <summary>A real process of the system, started from its start message on and killed without a word.</summary>
internal sealed partial class ProcessUnderTest : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, string> _addresses = [];

    private ProcessUnderTest(Process process) => _process = process;

    public int Id => _process.Id;

    public Uri Address(string name) => new(_addresses[name]);

    /// <summary>Address and port where other silos join.</summary>
    public string SiloAddress => _addresses["silo"];

    /// <summary>Starts the host and waits for its start message, whose last line is <paramref name="lastLine"/>.</summary>
    public static async Task<ProcessUnderTest> StartAsync(
        string[] arguments, Dictionary<string, string> environment, string lastLine, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DataProcessor.Chaos.Host.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = new ProcessUnderTest(new Process { StartInfo = start, EnableRaisingEvents = true });
        process.Listen(lastLine);
        using var registration = cancellationToken.Register(() => process._started.TrySetCanceled(cancellationToken));
        try
        {
            await process._started.Task;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        return process;
    }

    public async Task KillAsync()
    {
        // Process.Kill sends SIGKILL.
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Asks the process to end, waits until it has, and returns its exit code.</summary>
    public async Task<int> TerminateAsync(CancellationToken cancellationToken)
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{Id}"]))
        {
            await kill.WaitForExitAsync(cancellationToken);
        }

        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    public string Output => string.Join('\n', _output);

    private void Listen(string lastLine)
    {
        _process.OutputDataReceived += (_, line) => Take(line.Data, lastLine);
        _process.ErrorDataReceived += (_, line) => Take(line.Data, lastLine);
        _process.Exited += (_, _) => _started.TrySetException(
            new InvalidOperationException($"The process ended before it had started:\n{Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Take(string? line, string lastLine)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        while (_output.Count > 200)
        {
            _output.TryDequeue(out _);
        }

        if (AddressLine().Match(line) is { Success: true } address)
        {
            _addresses[address.Groups[1].Value] = address.Groups[2].Value;
        }

        if (line.TrimStart().StartsWith(lastLine, StringComparison.Ordinal))
        {
            _started.TrySetResult();
        }
    }

    [GeneratedRegex(@"^  (gateway|admin|kinesis|silo)\s+(\S+)")]
    private static partial Regex AddressLine();
}
