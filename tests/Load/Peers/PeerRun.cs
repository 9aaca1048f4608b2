using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DataProcessor.Load.Peers;

/// <summary>One run of a peer: when it ends, what it has counted, and the two lines that it prints.</summary>
internal sealed class PeerRun : IDisposable
{
    private readonly PeerOptions _options;
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _end;
    private long _records;
    private long _bytes;
    private long _calls;
    private long _kinesisRecords;
    private long _failed;
    private long _readyAt;
    private long _firstAt;
    private long _lastAt;
    private TimeSpan _processorTimeBefore;

    public PeerRun(PeerOptions options, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        _options = options;
        _output = output;
        _time = time;
        _end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        End = _end.Token;
    }

    /// <summary>The run is over: it was stopped, its time is up, or its records are through.</summary>
    public CancellationToken End { get; }

    public TimeProvider Time => _time;

    /// <summary>Prints <c>ready {"pid": …}</c>; the time of the run begins.</summary>
    /// <param name="endpoint">Where it listens, if it does.</param>
    public async Task ReportReadyAsync(string? endpoint = null)
    {
        var line = new JsonObject { ["pid"] = Environment.ProcessId };
        if (endpoint is not null)
        {
            line["endpoint"] = endpoint;
        }

        _processorTimeBefore = ProcessorTime();
        _readyAt = _time.GetTimestamp();
        if (_options.Duration is { } duration)
        {
            _end.CancelAfter(duration);
        }

        await _output.WriteLineAsync($"ready {line.ToJsonString()}");
        await _output.FlushAsync(CancellationToken.None);
    }

    /// <summary>Counts a call that has succeeded, or an event that has come.</summary>
    /// <param name="records">User records.</param>
    /// <param name="bytes">Of their data.</param>
    /// <param name="kinesisRecords">What held them.</param>
    public void OnCall(long records, long bytes, long kinesisRecords)
    {
        Interlocked.Increment(ref _calls);
        if (records == 0)
        {
            return;
        }

        var now = _time.GetTimestamp();
        Interlocked.CompareExchange(ref _firstAt, now, 0);
        Volatile.Write(ref _lastAt, now);
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _kinesisRecords, kinesisRecords);
        if (Interlocked.Add(ref _records, records) >= _options.Records)
        {
            _end.Cancel();
        }
    }

    /// <summary>Counts records that were refused, or whose call failed.</summary>
    public void OnFailed(long records) => Interlocked.Add(ref _failed, records);

    /// <summary>Prints <c>result {…}</c>.</summary>
    public async Task ReportResultAsync()
    {
        var line = new JsonObject
        {
            ["records"] = _records,
            ["bytes"] = _bytes,
            ["seconds"] = _time.GetElapsedTime(_readyAt).TotalSeconds,
            ["calls"] = _calls,
            ["activeSeconds"] = _time.GetElapsedTime(_firstAt, _lastAt).TotalSeconds,
            ["cpuSeconds"] = (ProcessorTime() - _processorTimeBefore).TotalSeconds,
            ["kinesisRecords"] = _kinesisRecords,
            ["failed"] = _failed,
        };
        await _output.WriteLineAsync($"result {line.ToJsonString()}");
        await _output.FlushAsync(CancellationToken.None);
    }

    public void Dispose() => _end.Dispose();

    private static TimeSpan ProcessorTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
