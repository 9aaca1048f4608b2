namespace DataProcessor.Aws.Kinesis;

/// <summary>JSON's timestamps: seconds since 1970, to the millisecond.</summary>
internal static class EpochSeconds
{
    // A decimal, because a double would be written with all of its 17 digits.
    public static decimal? From(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() / 1_000m;

    /// <exception cref="FormatException">It is no time between the years 1 and 9999.</exception>
    public static DateTimeOffset ToTime(double seconds)
    {
        try
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(checked((long)Math.Round(seconds * 1_000)));
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new FormatException($"{seconds} is no time in epoch seconds.", e);
        }
    }
}
