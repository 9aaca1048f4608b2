using System.Numerics;

namespace DataProcessor.Grains.Reading;

/// <summary>Counts failures in a row and says how long to wait after each: doubling, half of it random, up to a limit.</summary>
internal sealed class BackOff(TimeSpan first, TimeSpan longest, Random random)
{
    /// <summary>2^20 times any first wait is beyond every limit.</summary>
    private const int MaxDoublings = 20;

    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>The 1st, 2nd, 4th, 8th … failure: nothing stays silent, and an outage of hours makes no flood.</summary>
    public bool IsWorthLogging => BitOperations.IsPow2(Failures);

    /// <summary>Counts a failure.</summary>
    /// <returns>How long to wait before the next attempt.</returns>
    public TimeSpan Next()
    {
        var doubled = first * Math.Pow(2, Math.Min(Failures, MaxDoublings));
        Failures++;
        var limited = doubled < longest ? doubled : longest;
        return limited * (0.5 + (random.NextDouble() / 2));
    }

    /// <summary>Counts a success.</summary>
    /// <returns>How many failures it ends.</returns>
    public int Reset()
    {
        var failures = Failures;
        Failures = 0;
        return failures;
    }
}
