using System.Security.Cryptography;

namespace DataProcessor.Load.Peers;

/// <summary>Counts what a Kinesis record holds; an aggregate's MD5 is checked, as every reader of KPL's format has to.</summary>
internal static class AggregateWalk
{
    private const int DigestSize = MD5.HashSizeInBytes;
    private const int RecordsField = (3 << 3) | 2;
    private const int DataField = (3 << 3) | 2;

    private static ReadOnlySpan<byte> Magic => [0xF3, 0x89, 0x9A, 0xC2];

    /// <returns>User records, and the bytes of their data.</returns>
    public static (long UserRecords, long Bytes) Count(ReadOnlySpan<byte> data)
    {
        if (!data.StartsWith(Magic) || data.Length <= Magic.Length + DigestSize)
        {
            return (1, data.Length);
        }

        var protobuf = data[Magic.Length..^DigestSize];
        Span<byte> digest = stackalloc byte[DigestSize];
        MD5.HashData(protobuf, digest);
        if (!data.EndsWith(digest))
        {
            return (1, data.Length);
        }

        var (records, bytes) = (0L, 0L);
        for (var position = 0; position < protobuf.Length;)
        {
            var field = ReadField(protobuf, ref position);
            if (field.Key == RecordsField)
            {
                records++;
                bytes += DataLength(field.Value);
            }
        }

        return (records, bytes);
    }

    private static int DataLength(ReadOnlySpan<byte> record)
    {
        for (var position = 0; position < record.Length;)
        {
            var field = ReadField(record, ref position);
            if (field.Key == DataField)
            {
                return field.Value.Length;
            }
        }

        return 0;
    }

    /// <summary>The format has varints, whose value nobody needs here, and length-delimited fields.</summary>
    private static Field ReadField(ReadOnlySpan<byte> message, ref int position)
    {
        var key = Varint(message, ref position);
        var value = Varint(message, ref position);
        if ((key & 7) == 0)
        {
            return new(key, default);
        }

        position += value;
        return new(key, message.Slice(position - value, value));
    }

    private static int Varint(ReadOnlySpan<byte> message, ref int position)
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[position++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private readonly ref struct Field(int key, ReadOnlySpan<byte> value)
    {
        public int Key { get; } = key;

        public ReadOnlySpan<byte> Value { get; } = value;
    }
}
