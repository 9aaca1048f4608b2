namespace DataProcessor.Gateway.Putting;

/// <summary>A span of time that has begun, on the monotonic clock.</summary>
internal readonly struct Deadline(TimeProvider time, TimeSpan span)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Negative when it is over.</summary>
    public TimeSpan Remaining => span - time.GetElapsedTime(_started);

    public bool IsOver => Remaining <= TimeSpan.Zero;
}
