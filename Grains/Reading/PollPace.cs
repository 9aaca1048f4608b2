namespace DataProcessor.Grains.Reading;

/// <summary>
/// When to call GetRecords again: at the shortest interval while there is something to read, at the longest once
/// nothing has come for a while.
/// </summary>
internal sealed class PollPace(TimeSpan shortest, TimeSpan longest, TimeProvider time)
{
    private const double GrowthPerEmptyPage = 1.5;

    private TimeSpan _interval = TimeSpan.Zero;
    private long _lastCall;

    /// <summary>How long to wait until the next call may be made; zero or more.</summary>
    public TimeSpan Delay
    {
        get
        {
            var left = _interval - time.GetElapsedTime(_lastCall);

            // Timers count whole milliseconds; cutting one short would be a call too early.
            return left > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : TimeSpan.Zero;
        }
    }

    /// <summary>A call is made now.</summary>
    public void OnCall()
    {
        _lastCall = time.GetTimestamp();
        _interval = _interval < shortest ? shortest : _interval;
    }

    /// <summary>A call has brought a page.</summary>
    public void OnPage(int records, long millisBehindLatest)
    {
        var longer = _interval * GrowthPerEmptyPage;
        _interval = records > 0 || millisBehindLatest > 0 ? shortest : longer < longest ? longer : longest;
    }
}
