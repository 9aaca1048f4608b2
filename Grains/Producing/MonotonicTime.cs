namespace DataProcessor.Grains.Producing;

/// <summary>
/// Moments on the monotonic clock, as time since its zero. Deadlines live on it because it goes on while a process is
/// stopped, and no clock adjustment moves it.
/// </summary>
internal static class MonotonicTime
{
    /// <summary>A moment that never comes.</summary>
    public static TimeSpan Never => TimeSpan.MaxValue;

    public static TimeSpan Monotonic(this TimeProvider time) => time.GetElapsedTime(0);

    public static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;

    public static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
