using System.Security.Cryptography;
using System.Text;

namespace DataProcessor.Unit.Aggregation;

/// <summary>Writes aggregates byte by byte from the format's description; shares nothing with the code under test.</summary>
internal sealed class AggregateReaderProtobuf
{
    private readonly List<byte> _bytes = [];

    public AggregateReaderProtobuf Varint(int field, ulong value)
    {
        Raw((ulong)field << 3);
        return Raw(value);
    }

    public AggregateReaderProtobuf Bytes(int field, byte[] value)
    {
        Raw(((ulong)field << 3) | 2);
        Raw((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public AggregateReaderProtobuf Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public AggregateReaderProtobuf Message(int field, AggregateReaderProtobuf message) => Bytes(field, [.. message._bytes]);

    public AggregateReaderProtobuf Fixed(int field, int size)
    {
        Raw(((ulong)field << 3) | (size == 8 ? 1u : 5u));
        _bytes.AddRange(new byte[size]);
        return this;
    }

    public AggregateReaderProtobuf Group(int field, AggregateReaderProtobuf content)
    {
        Raw(((ulong)field << 3) | 3);
        _bytes.AddRange(content._bytes);
        return Raw(((ulong)field << 3) | 4);
    }

    public AggregateReaderProtobuf Raw(ulong varint)
    {
        while (varint >= 0x80)
        {
            _bytes.Add((byte)(varint | 0x80));
            varint >>= 7;
        }

        _bytes.Add((byte)varint);
        return this;
    }

    public byte[] ToAggregate() => Seal([.. _bytes]);

    /// <summary>Magic | protobuf | MD5.</summary>
    public static byte[] Seal(byte[] protobuf) => [0xF3, 0x89, 0x9A, 0xC2, .. protobuf, .. MD5.HashData(protobuf)];

    public static AggregateReaderProtobuf Record(ulong key, string data, ulong? explicitHashKey = null)
    {
        var record = new AggregateReaderProtobuf().Varint(1, key);
        return (explicitHashKey is { } index ? record.Varint(2, index) : record).Text(3, data);
    }
}
