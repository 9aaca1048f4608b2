using System.Globalization;

namespace DataProcessor.Aws.Signing;

/// <summary>A time as Signature Version 4 writes it.</summary>
internal readonly struct SigningTime
{
    private const string Format = "yyyyMMdd'T'HHmmss'Z'";
    private const int DateLength = 8;

    private SigningTime(string stamp) => Stamp = stamp;

    /// <summary><c>yyyyMMddTHHmmssZ</c>, the value of x-amz-date.</summary>
    public string Stamp { get; }

    /// <summary><c>yyyyMMdd</c>, the part that a derived key is valid for.</summary>
    public ReadOnlySpan<char> Date => Stamp.AsSpan(0, DateLength);

    public static SigningTime At(DateTimeOffset time) =>
        new(time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));

    /// <summary>Reads a stamp; false when it is none.</summary>
    public static bool TryParse(string stamp, out SigningTime time, out DateTimeOffset instant)
    {
        time = new(stamp);
        return DateTimeOffset.TryParseExact(
            stamp, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant);
    }
}
