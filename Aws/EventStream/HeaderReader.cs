using System.Buffers.Binary;

namespace DataProcessor.Aws.EventStream;

/// <summary>Goes through a message's headers: a length byte, the name in UTF-8, the type, the value.</summary>
internal ref struct HeaderReader(ReadOnlySpan<byte> headers)
{
    private ReadOnlySpan<byte> _rest = headers;

    public ReadOnlySpan<byte> Name { get; private set; }

    public HeaderType Type { get; private set; }

    /// <summary>As on the wire, without the length that strings and bytes have before them.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <exception cref="EventStreamFormatException">A header of unknown type, or one that goes beyond the end.</exception>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        Name = Take(Take(1)[0]);
        var type = Take(1)[0];
        Type = (HeaderType)type;
        Value = Take(Type switch
        {
            HeaderType.True or HeaderType.False => 0,
            HeaderType.Byte => 1,
            HeaderType.Int16 => 2,
            HeaderType.Int32 => 4,
            HeaderType.Int64 or HeaderType.Timestamp => 8,
            HeaderType.Uuid => 16,
            HeaderType.Bytes or HeaderType.String => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            _ => throw new EventStreamFormatException($"A header has the unknown type {type}."),
        });
        return true;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new EventStreamFormatException("A header goes beyond the headers' end.");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
