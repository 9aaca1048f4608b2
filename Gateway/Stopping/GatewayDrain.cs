using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway.Stopping;

/// <summary>
/// What a load balancer needs of a process that is told to stop: for a while it serves on, says at <c>/ready</c> that it goes,
/// and closes each connection with its answer. Only then the listener closes, and what is in flight is settled.
/// <para>
/// Only SIGTERM, the word of an orchestrator, has this while: who presses Ctrl-C wants the process gone.
/// </para>
/// </summary>
internal sealed partial class GatewayDrain(
    IOptions<GatewayOptions> options, IHostApplicationLifetime process, TimeProvider time, ILogger<GatewayDrain> logger)
    : IHostedLifecycleService, IDisposable
{
    private PosixSignalRegistration? _registration;
    private volatile bool _isTerminated;

    /// <summary>Whether the process is told to stop.</summary>
    public bool IsStopping => process.ApplicationStopping.IsCancellationRequested;

    /// <summary>Has the connection closed with this request's answer, if the process is to stop: HTTP/1.1 by header, HTTP/2 by GOAWAY.</summary>
    public void CloseAfterAnswer(HttpContext context)
    {
        if (IsStopping)
        {
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    // Registered after the host's own handler, which begins the stop, and so called before it.
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => _isTerminated = true);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_isTerminated && options.Value.DrainTime is var drain && drain > TimeSpan.Zero)
        {
            LogDraining(drain);
            await Task.Delay(drain, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registration?.Dispose();

    [LoggerMessage(LogLevel.Information, "Told to stop: serving on for {Drain}, until the load balancer has noticed")]
    private partial void LogDraining(TimeSpan drain);
}
