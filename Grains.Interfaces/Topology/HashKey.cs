using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DataProcessor;

/// <summary>
/// A point of the ring 0 … 2^128−1 by which Kinesis chooses the shard of a record: the explicit hash key if the
/// record has one, else the MD5 of its UTF-8 partition key read as a big-endian number.
/// </summary>
[GenerateSerializer, Immutable, Alias("DataProcessor.HashKey")]
public readonly record struct HashKey([property: Id(0)] UInt128 Value) : IComparable<HashKey>
{
    /// <summary>Bytes of a hash key in frames and in KPL's format.</summary>
    public const int Size = 16;

    public static HashKey Min => new(UInt128.MinValue);

    public static HashKey Max => new(UInt128.MaxValue);

    public static HashKey FromPartitionKey(ReadOnlySpan<byte> utf8)
    {
        Span<byte> digest = stackalloc byte[Size];
        MD5.HashData(utf8, digest);
        return new(BinaryPrimitives.ReadUInt128BigEndian(digest));
    }

    public static HashKey FromPartitionKey(string partitionKey)
    {
        var most = Encoding.UTF8.GetMaxByteCount(partitionKey.Length);
        if (most > 1024)
        {
            return FromPartitionKey(Encoding.UTF8.GetBytes(partitionKey));
        }

        Span<byte> utf8 = stackalloc byte[most];
        return FromPartitionKey(utf8[..Encoding.UTF8.GetBytes(partitionKey, utf8)]);
    }

    /// <summary>Parses a decimal explicit hash key; leading zeros are allowed, signs and blanks are not.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out HashKey key)
    {
        var parsed = UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        key = new(value);
        return parsed;
    }

    public static HashKey Parse(string text) => TryParse(text, out var key)
        ? key
        : throw new FormatException($"'{text}' is not a decimal number from 0 to 2^128-1.");

    public int CompareTo(HashKey other) => Value.CompareTo(other.Value);

    /// <summary>The canonical decimal form: what Kinesis takes as ExplicitHashKey.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(HashKey left, HashKey right) => left.Value < right.Value;

    public static bool operator >(HashKey left, HashKey right) => left.Value > right.Value;

    public static bool operator <=(HashKey left, HashKey right) => left.Value <= right.Value;

    public static bool operator >=(HashKey left, HashKey right) => left.Value >= right.Value;
}
