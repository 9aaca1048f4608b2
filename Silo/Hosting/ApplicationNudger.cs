using System.Numerics;
using Microsoft.Extensions.Options;

namespace DataProcessor.Silo.Hosting;

/// <summary>
/// Calls the application grain every second: after a crash the grain, and through it the shard grains, come back on the
/// silos that are left. No reminder is needed, and none fires this often.
/// </summary>
internal sealed partial class ApplicationNudger(
    IGrainFactory grains,
    IOptions<DataProcessorOptions> options,
    TimeProvider time,
    ILogger<ApplicationNudger> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private int _failures;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var application = grains.GetGrain<IApplicationGrain>($"{options.Value.ApplicationName}/{options.Value.StreamName}");
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await Nudge(application);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Nudge(IApplicationGrain application)
    {
        try
        {
            await application.Nudge();
            _failures = 0;
        }
        catch (Exception e)
        {
            // A loop's boundary: whatever failed, the next second tries again. Told at the 1st, 2nd, 4th, 8th … time, so
            // that an outage of hours makes no flood.
            if (BitOperations.IsPow2(++_failures))
            {
                LogNudgeFailed(e, _failures);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The application grain could not look after its shards {Failures} times in a row; trying again in a second")]
    private partial void LogNudgeFailed(Exception exception, int failures);
}
