namespace DataProcessor.Aws.Retry;

/// <summary>Exponential back-off with full jitter: a uniform share of first × 2^(n−1), at most 20 s.</summary>
internal sealed class JitteredBackOff(TimeSpan first, Random seed)
{
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();

    // Calls come from many threads and Random is not made for that; its own one, behind its own lock, needs no one's care.
    private readonly Random _random = new(seed.Next());

    /// <param name="retry">1 for the first retry.</param>
    public TimeSpan Next(int retry)
    {
        var ceiling = Math.Min(Max.Ticks, first.Ticks * Math.Pow(2, retry - 1));
        lock (_lock)
        {
            return TimeSpan.FromTicks((long)(ceiling * _random.NextDouble()));
        }
    }
}
