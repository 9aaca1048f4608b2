using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Processes;

/// <summary>
/// A role of this executable as a process of its own. Whoever started it disposes of it, which ends it by SIGKILL; should
/// the harness itself be killed, the role sees its standard input end.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>Lines kept to explain a failure, and at most so many unread ones.</summary>
    private const int KeptLines = 200;

    /// <summary>No answer takes longer, apart from the load that was asked for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _name;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(KeptLines) { FullMode = BoundedChannelFullMode.DropOldest });

    private ChildProcess(string name, Process process)
    {
        _name = name;
        _process = process;
    }

    public int Id => _process.Id;

    /// <param name="product">
    /// Whether it runs with the product's runtime settings (its garbage collector, say) or, as a tool, with this executable's.
    /// </param>
    /// <param name="arguments">Role and what it takes.</param>
    public static ChildProcess Start(bool product, params string[] arguments)
    {
        var folder = AppContext.BaseDirectory;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add("--runtimeconfig");
        start.ArgumentList.Add(Path.Combine(folder, $"DataProcessor.{(product ? "Silo" : "Load")}.runtimeconfig.json"));
        start.ArgumentList.Add("--depsfile");
        start.ArgumentList.Add(Path.Combine(folder, "DataProcessor.Load.deps.json"));
        start.ArgumentList.Add(Path.Combine(folder, "DataProcessor.Load.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var child = new ChildProcess(arguments[0], new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Take(line.Data, isOutput: true);
        child._process.ErrorDataReceived += (_, line) => child.Take(line.Data, isOutput: false);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    public ProcessUsage Usage() => ProcessUsage.Read(Id);

    /// <summary>Reads on to the first line that begins so, leading blanks apart, and returns what comes after.</summary>
    /// <exception cref="InvalidOperationException">The process ended before.</exception>
    /// <exception cref="TimeoutException">There was none.</exception>
    public async Task<string> ReadLineAsync(string prefix, TimeSpan longer, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience + longer);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (true)
            {
                var line = (await _lines.Reader.ReadAsync(either.Token)).TrimStart();
                if (line.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return line[prefix.Length..];
                }
            }
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException($"The {_name} process ended:\n{Output}");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException($"The {_name} process did not say '{prefix}':\n{Output}");
        }
    }

    /// <summary>Sends a line and reads the answer to it.</summary>
    /// <param name="line">For <see cref="RoleLines.Serve"/>.</param>
    /// <param name="type">Of the answer.</param>
    /// <param name="longer">The answer may take this much longer than others.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<T> AskAsync<T>(string line, JsonTypeInfo<T> type, TimeSpan longer, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return JsonSerializer.Deserialize(await ReadLineAsync(RoleLines.Result, longer, cancellationToken), type)!;
    }

    /// <summary>Asks it to end.</summary>
    public void Terminate() => LibC.Terminate(Id);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private string Output => string.Join('\n', _output);

    private void Take(string? line, bool isOutput)
    {
        if (line is null)
        {
            if (isOutput)
            {
                _lines.Writer.TryComplete();
            }

            return;
        }

        _output.Enqueue(line);
        while (_output.Count > KeptLines)
        {
            _output.TryDequeue(out _);
        }

        if (isOutput)
        {
            _lines.Writer.TryWrite(line);
        }
    }
}
