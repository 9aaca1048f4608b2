namespace DataProcessor.Aws.Local.Limits;

/// <summary>The 2 MiB a second that a consumer gets of a shard, across its subscriptions.</summary>
internal sealed class PushPace(TimeProvider time)
{
    private const long BytesPerSecond = 2 * 1024 * 1024;
    private readonly Lock _gate = new();
    private readonly TokenBucket _bytes = new(BytesPerSecond, time.TimestampFrequency);

    /// <summary>Time until the next event may go.</summary>
    public TimeSpan Delay()
    {
        lock (_gate)
        {
            return time.GetElapsedTime(0, _bytes.TicksUntilAllowed(1, time.GetTimestamp()));
        }
    }

    /// <summary>A large event puts the consumer into debt: the next one waits until it is paid.</summary>
    public void HasPushed(long bytes)
    {
        lock (_gate)
        {
            _bytes.Take(bytes, time.GetTimestamp());
        }
    }
}
