using System.Numerics;

namespace DataProcessor.Grains.Aggregation;

/// <summary>Writes protobuf into a span whose size was computed before: no growing and no length patching.</summary>
internal ref struct AggregateWriterCursor(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    public int Position { get; private set; }

    /// <summary>Bytes of a varint: seven bits each.</summary>
    public static int SizeOfVarint(int value) => (BitOperations.Log2((uint)value | 1) / 7) + 1;

    /// <summary>Bytes of a length-delimited field: its key, the length, the content.</summary>
    public static int SizeOfField(int contentLength) => 1 + SizeOfVarint(contentLength) + contentLength;

    public void Varint(byte field, int value)
    {
        _target[Position++] = field;
        Varint((uint)value);
    }

    public void Bytes(byte field, ReadOnlySpan<byte> content)
    {
        content.CopyTo(Reserve(field, content.Length));
    }

    /// <summary>Writes a length-delimited field's key and length and hands out the room for its content.</summary>
    public Span<byte> Reserve(byte field, int contentLength)
    {
        Open(field, contentLength);
        var room = _target.Slice(Position, contentLength);
        Position += contentLength;
        return room;
    }

    /// <summary>Begins a nested message of a known length; its fields follow.</summary>
    public void Open(byte field, int contentLength)
    {
        _target[Position++] = field;
        Varint((uint)contentLength);
    }

    private void Varint(uint value)
    {
        while (value >= 0x80)
        {
            _target[Position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _target[Position++] = (byte)value;
    }
}
