using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>
/// A sequence number: 56 decimal digits in fixed fields, "49", stream creation (13, epoch ms), arrival (13, epoch ms),
/// counter (18), shard (10). Constant length, so numbers compare as text; arrival and counter never fall within a shard,
/// so they grow; the shard makes them unique in the stream, the creation tells them from an earlier stream's.
/// </summary>
internal readonly record struct SequenceNumber(long CreationMs, long ArrivalMs, long Counter, int ShardIndex)
{
    public const int Length = 56;
    private const string Prefix = "49";

    /// <summary>Writes the 56 digits.</summary>
    public void Format(Span<char> target)
    {
        Prefix.CopyTo(target);
        Digits(target.Slice(2, 13), CreationMs);
        Digits(target.Slice(15, 13), ArrivalMs);
        Digits(target.Slice(28, 18), Counter);
        Digits(target.Slice(46, 10), ShardIndex);
    }

    public override string ToString() => string.Create(Length, this, static (target, number) => number.Format(target));

    /// <summary>Takes nothing but what <see cref="Format"/> writes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SequenceNumber number)
    {
        number = default;
        if (text is not { Length: Length } || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var shard = Number(text.AsSpan(46, 10));
        number = new SequenceNumber(
            Number(text.AsSpan(2, 13)), Number(text.AsSpan(15, 13)), Number(text.AsSpan(28, 18)), (int)Math.Min(shard, int.MaxValue));
        return shard <= int.MaxValue;
    }

    private static long Number(ReadOnlySpan<char> digits) => long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private static void Digits(Span<char> target, long value)
    {
        for (var i = target.Length - 1; i >= 0; i--)
        {
            (value, var digit) = Math.DivRem(value, 10);
            target[i] = (char)('0' + digit);
        }
    }
}
