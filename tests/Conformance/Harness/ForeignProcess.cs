using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DataProcessor.Conformance.Harness;

/// <summary>
/// A child that speaks JSON lines: one when it is ready, then one answer <c>{"result": …}</c> or <c>{"error": "…"}</c> for
/// each call. It ends when its input does, so none outlives the tests, not even killed ones.
/// </summary>
internal sealed class ForeignProcess : IAsyncDisposable
{
    private const int KeptErrorLines = 20;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly SemaphoreSlim _oneCall = new(1);
    private readonly Queue<string> _errors = new();

    private ForeignProcess(Process process) => _process = process;

    /// <summary>The line it said it was ready with.</summary>
    public JsonNode Ready { get; private set; } = new JsonObject();

    public static async Task<ForeignProcess> StartAsync(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = ConformanceFolder.Node,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_ACCESS_KEY_ID"] = "conformance";
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "conformance";
        start.Environment["AWS_DEFAULT_REGION"] = "us-east-1";
        var child = new ForeignProcess(Process.Start(start)!);
        child._process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        child._process.BeginErrorReadLine();
        try
        {
            child.Ready = await child.ReadLineAsync(StartTime, CancellationToken.None);
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a call and waits for its answer; calls from several tests wait for each other.</summary>
    /// <exception cref="ForeignCallException">The foreign implementation threw; its message is the exception's.</exception>
    public async Task<JsonNode?> CallAsync(string method, JsonNode? parameters, CancellationToken cancellationToken)
    {
        var call = new JsonObject { ["method"] = method, ["params"] = parameters?.DeepClone() };
        await _oneCall.WaitAsync(cancellationToken);
        try
        {
            await _process.StandardInput.WriteLineAsync(call.ToJsonString().AsMemory(), cancellationToken);
            await _process.StandardInput.FlushAsync(cancellationToken);
            var answer = await ReadLineAsync(CallTime, cancellationToken);
            return answer["error"] is { } error
                ? throw new ForeignCallException(error.GetValue<string>())
                : answer["result"];
        }
        finally
        {
            _oneCall.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _oneCall.Dispose();
    }

    private async Task<JsonNode> ReadLineAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken)
            .AsTask().WaitAsync(atMost, TimeProvider.System, cancellationToken);
        return line is null ? throw new ForeignCallException($"it ended: {Errors()}") : JsonNode.Parse(line)!;
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > KeptErrorLines)
            {
                _errors.Dequeue();
            }
        }
    }

    private string Errors()
    {
        lock (_errors)
        {
            return string.Join('\n', _errors);
        }
    }
}
