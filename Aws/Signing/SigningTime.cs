using System.Globalization;

namespace DataProcessor.Aws.Signing;

/// <summary>A time as Signature Version 4 writes it.</summary>
internal readonly struct SigningTime
{
    private const int DateLength = 8;

    private SigningTime(string stamp) => Stamp = stamp;

    /// <summary><c>yyyyMMddTHHmmssZ</c>, the value of x-amz-date.</summary>
    public string Stamp { get; }

    /// <summary><c>yyyyMMdd</c>, the part that a derived key is valid for.</summary>
    public ReadOnlySpan<char> Date => Stamp.AsSpan(0, DateLength);

    public static SigningTime At(DateTimeOffset time) =>
        new(time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
}
