using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>The hash key of a record: explicit, or the MD5 of the partition key's UTF-8 as a big-endian number.</summary>
internal static class RecordRouting
{
    public const string HashKeyPattern = @"0|([1-9]\d{0,38})";

    public static UInt128 HashOf(ReadOnlySpan<byte> partitionKey)
    {
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(partitionKey, digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    /// <summary>Whether it has the pattern; it may still be too large.</summary>
    public static bool IsHashKey(string? text) =>
        text is ['0'] || (text is [>= '1' and <= '9', ..] && text.Length <= 39 && !text.AsSpan().ContainsAnyExceptInRange('0', '9'));

    /// <summary>Decimal, without sign or leading zeros, at most 2^128 − 1.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out UInt128 hash)
    {
        hash = default;
        return text is ['0'] or [>= '1' and <= '9', ..]
            && UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out hash);
    }
}
