using System.Globalization;
using System.Text;
using DataProcessor.Gateway.Answering;

namespace DataProcessor.Gateway.Reading;

/// <summary>Kinesis' rules for the keys of a record.</summary>
internal static class RecordKeys
{
    public const int MaxPartitionKeyChars = 256;

    /// <summary>2^128-1 has 39 digits; more can only be leading zeros.</summary>
    public const int MaxHashKeyDigits = 64;

    /// <summary>Partition key of records that come without one.</summary>
    public static ReadOnlySpan<byte> Keyless => "-"u8;

    public static bool IsPartitionKey(ReadOnlySpan<byte> utf8) =>
        !utf8.IsEmpty
        && (utf8.Length <= MaxPartitionKeyChars || Encoding.UTF8.GetCharCount(utf8) <= MaxPartitionKeyChars);

    public static bool TryParseHashKey(ReadOnlySpan<byte> digits, out HashKey key)
    {
        key = default;
        if (digits.Length > MaxHashKeyDigits
            || !UInt128.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        key = new(value);
        return true;
    }

    public static Problem InvalidPartitionKey() => new(
        ProblemKind.InvalidPartitionKey,
        $"\"partitionKey\" must be a string of 1 to {MaxPartitionKeyChars} characters; leave it out if the record has none.");

    public static Problem InvalidHashKey() => new(
        ProblemKind.InvalidExplicitHashKey,
        "\"explicitHashKey\" must be a string with a decimal number from 0 to 2^128-1.");

    public static Problem RecordTooLarge(long bytes, int most) => new(
        ProblemKind.RecordTooLarge, $"Data and partition key have {bytes} bytes, {most} are allowed. Split the record.");
}
