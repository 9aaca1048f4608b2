using DataProcessor.Aws.Local.Streams;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>
/// Puts whose callers were reset and that land later, as a fault. Each goes on in its caller's synchronization context.
/// Those that have not landed when the server ends never will.
/// </summary>
internal sealed partial class LatePuts(LocalKinesisCounters counters, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>Of bodies that are kept; beyond it nothing is late.</summary>
    private const long MaxBytes = 64L * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _landing = [];
    private long _bytes;

    /// <param name="body">The request's; copied.</param>
    /// <param name="lateness">Time until it lands.</param>
    /// <param name="land">Carries it out.</param>
    public bool TryBegin(ReadOnlyMemory<byte> body, TimeSpan lateness, Func<Memory<byte>, ValueTask> land)
    {
        lock (_gate)
        {
            if (_bytes + body.Length > MaxBytes || _stopping.IsCancellationRequested)
            {
                return false;
            }

            _bytes += body.Length;
            _landing.RemoveAll(landing => landing.IsCompleted);
            _landing.Add(LandAsync(body.ToArray(), lateness, land));
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task landing;
        lock (_gate)
        {
            _stopping.Cancel();
            landing = Task.WhenAll(_landing);
        }

        await landing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stopping.Dispose();
    }

    private async Task LandAsync(byte[] body, TimeSpan lateness, Func<Memory<byte>, ValueTask> land)
    {
        try
        {
            await Task.Delay(lateness, time, _stopping.Token);
            await land(body);
            counters.OnInjectedLateLanding();
        }
        catch (ServiceException e)
        {
            LogRefused(e.Code, e.Message); // Its caller does not hear of it.
        }
        finally
        {
            Interlocked.Add(ref _bytes, -body.Length);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A put that was to land late was refused: {Code} {Error}")]
    private partial void LogRefused(string code, string error);
}
