namespace DataProcessor.Grains.Producing;

/// <summary>Full jitter: a random part of a time that doubles with each failure, so that lanes do not return together.</summary>
internal static class BackOff
{
    /// <summary>First bound: about a round trip.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);

    /// <summary>Highest bound: after an outage a lane is back within two seconds.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(2);

    public static TimeSpan Next(Random random, int failures)
    {
        var bound = First * Math.Pow(2, Math.Clamp(failures - 1, 0, 16));
        return random.NextDouble() * MonotonicTime.Earlier(bound, Most);
    }
}
