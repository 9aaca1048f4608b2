using DataProcessor.Gateway.Reading;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Gateway.Putting;

/// <summary>
/// Puts that go on after their request was answered 202. What they hold stays taken from the gateway's budget until they
/// end, so they are as bounded as requests. A process that stops waits for them.
/// </summary>
internal sealed partial class AcceptedPuts(TimeProvider time, GatewayMetrics metrics, ILogger<AcceptedPuts> logger)
    : IHostedLifecycleService
{
    /// <summary>Half of the 30 s that a host and a container have to stop.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<WholeRequest, Task> _finishing = [];
    private bool _isStopping;

    /// <summary>
    /// Takes over a request and its put; false when the process stops, and the client is to wait for the put.
    /// </summary>
    public bool TryAdd(WholeRequest request, Task put)
    {
        lock (_lock)
        {
            if (!_isStopping)
            {
                _finishing.Add(request, FinishAsync(request, put));
            }

            return !_isStopping;
        }
    }

    private async Task FinishAsync(WholeRequest request, Task put)
    {
        // Never at once: it is to be added before it is removed.
        await put.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        var records = request.Records;
        if (put.IsCompletedSuccessfully)
        {
            metrics.OnSettled(request.Stream, records);
            var lost = Enumerable.Range(0, records.Count).Count(i => !records.OutcomeOf(i).IsStored);
            if (lost > 0)
            {
                LogNotStored(lost, records.Count, request.Stream);
            }
        }
        else
        {
            LogFailed(put.Exception, records.Count, request.Stream);
        }

        request.Dispose();
        lock (_lock)
        {
            _finishing.Remove(request);
        }
    }

    // Before anything stops: the puts need the cluster.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Task[] finishing;
        lock (_lock)
        {
            _isStopping = true;
            finishing = [.. _finishing.Values];
        }

        try
        {
            await Task.WhenAll(finishing).WaitAsync(StopPatience, time, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            LogLost(finishing.Count(finish => !finish.IsCompleted));
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Error, "Of {Count} records for {Stream} that were answered 202, {Lost} were not stored; messaging.client.sent.messages counts why.")]
    private partial void LogNotStored(int lost, int count, string stream);

    [LoggerMessage(LogLevel.Error, "A put of {Count} records for {Stream} that was answered 202 failed in a way that it should not.")]
    private partial void LogFailed(Exception? failure, int count, string stream);

    [LoggerMessage(LogLevel.Error, "The process stops before {Requests} requests that were answered 202 are settled; their records may be lost.")]
    private partial void LogLost(int requests);
}
