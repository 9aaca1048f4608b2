using HdrHistogram;

namespace DataProcessor.Load.Protocol;

/// <summary>Of durations, in milliseconds.</summary>
internal sealed record Percentiles(long Samples, double P50, double P99, double Max)
{
    private const double MicrosPerMillisecond = 1000;

    /// <summary>Microseconds up to 100 s with three significant digits; what is longer counts as 100 s.</summary>
    public static LongHistogram NewHistogram() => new(highestTrackableValue: 100_000_000, numberOfSignificantValueDigits: 3);

    public static void Record(LongHistogram histogram, TimeSpan duration) =>
        histogram.RecordValue(Math.Clamp((long)duration.TotalMicroseconds, 0, histogram.HighestTrackableValue));

    /// <summary>Zeros if nothing was recorded.</summary>
    public static Percentiles Of(LongHistogram histogram) => histogram.TotalCount == 0 ? new(0, 0, 0, 0) : new(
        histogram.TotalCount,
        histogram.GetValueAtPercentile(50) / MicrosPerMillisecond,
        histogram.GetValueAtPercentile(99) / MicrosPerMillisecond,
        histogram.GetValueAtPercentile(100) / MicrosPerMillisecond);
}
