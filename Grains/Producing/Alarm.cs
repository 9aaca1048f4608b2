namespace DataProcessor.Grains.Producing;

/// <summary>
/// The one timer of an engine. It fires on a pool thread, so it only signals; whoever waits resumes on its own
/// scheduler. Not set, it costs nothing.
/// </summary>
internal sealed class Alarm : IDisposable
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private volatile TaskCompletionSource<bool> _ring = NewRing();
    private TimeSpan _due = MonotonicTime.Never;
    private bool _isDisposed;

    public Alarm(TimeProvider time)
    {
        _time = time;

        // The timer outlives the request that happens to make it: it must not carry that request's context along.
        using (ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(
                static state => ((Alarm)state!)._ring.TrySetResult(true), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Rings at a monotonic moment, in place of the one before; <see cref="MonotonicTime.Never"/> silences it.</summary>
    public void Set(TimeSpan due)
    {
        if (due == _due || _isDisposed)
        {
            return;
        }

        _due = due;
        _timer.Change(due == MonotonicTime.Never ? Timeout.InfiniteTimeSpan : Wait(due), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for the next ring; false when disposed.</summary>
    public async Task<bool> WaitAsync()
    {
        var rang = await _ring.Task;
        if (!rang || _isDisposed)
        {
            return false;
        }

        // A ring from here on is another one: the caller looks at the time after this.
        _ring = NewRing();
        _due = MonotonicTime.Never;
        return true;
    }

    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
        _ring.TrySetResult(false);
    }

    private static TaskCompletionSource<bool> NewRing() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Timers have millisecond steps; rounded up, so that it does not ring just too early.
    private TimeSpan Wait(TimeSpan due)
    {
        var wait = due - _time.Monotonic();
        return wait <= TimeSpan.Zero ? TimeSpan.Zero
            : wait >= LongestTimer ? LongestTimer
            : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
    }
}
