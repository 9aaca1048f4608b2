namespace DataProcessor.Grains.Reading;

/// <summary>
/// When to subscribe next, and what to do until then: bridge while only time has to pass, or keep still after a failure.
/// </summary>
internal sealed class SubscribeSchedule(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();
    private TimeSpan? _lastAccepted;
    private TimeSpan _bridgeUntil;
    private TimeSpan _waitUntil;

    /// <summary>Null if none was ever accepted.</summary>
    public TimeSpan? SinceLastAccepted => Now - _lastAccepted;

    /// <summary>How long there is no subscription to be had; zero or less if there may be one now.</summary>
    public TimeSpan BridgeLeft => _bridgeUntil - Now;

    /// <summary>How long to keep still; zero or more.</summary>
    public TimeSpan WaitLeft => _waitUntil > Now ? WholeMilliseconds(_waitUntil - Now) : TimeSpan.Zero;

    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>A subscription was accepted, or may have been: the next would be refused for a while.</summary>
    public void OnAccepted()
    {
        _lastAccepted = Now;
        BridgeFor(FanOutRules.MinDistance);
    }

    public void BridgeFor(TimeSpan duration) => _bridgeUntil = Later(_bridgeUntil, Now + WholeMilliseconds(duration));

    /// <summary>Nothing is to be read before the next subscription.</summary>
    public void EndBridge() => _bridgeUntil = Now;

    public void WaitFor(TimeSpan duration) => _waitUntil = Later(_waitUntil, Now + duration);

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>Timers count whole milliseconds; cutting one short would be a call too early.</summary>
    private static TimeSpan WholeMilliseconds(TimeSpan duration) => TimeSpan.FromMilliseconds(Math.Ceiling(duration.TotalMilliseconds));
}
