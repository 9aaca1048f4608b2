namespace DataProcessor.Gateway.Putting;

/// <summary>Waits that double from 50 ms to 1 s.</summary>
internal struct BackOff()
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private TimeSpan _next = TimeSpan.FromMilliseconds(50);

    /// <summary>How long to wait now.</summary>
    public TimeSpan Next()
    {
        var now = _next;
        _next = now + now < Longest ? now + now : Longest;
        return now;
    }
}
