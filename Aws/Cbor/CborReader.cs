using System.Buffers.Binary;
using System.Text;

namespace DataProcessor.Aws.Cbor;

/// <summary>
/// Reads CBOR (RFC 8949) without allocating. Strings are ranges of the buffer, which therefore has to be the caller's own:
/// the chunks of an indefinite string are moved together inside it.
/// </summary>
internal ref partial struct CborReader(Span<byte> buffer)
{
    private const int IndefiniteInfo = 31;
    private const byte Break = 0xFF;
    private const byte Null = 0xF6;

    private readonly Span<byte> _buffer = buffer;
    private int _position;

    public readonly int Remaining => _buffer.Length - _position;

    public readonly CborKind Peek() => (CborKind)(PeekByte() >> 5);

    /// <summary>Reads the header of a map; then for each pair <see cref="MoveNext"/>, the key, the value.</summary>
    public CborItems ReadMap() => ReadItems(CborKind.Map, itemsPerEntry: 2);

    /// <summary>Reads the header of an array; then for each item <see cref="MoveNext"/> and the item.</summary>
    public CborItems ReadArray() => ReadItems(CborKind.Array, itemsPerEntry: 1);

    public bool MoveNext(ref CborItems items)
    {
        if (!items.IsIndefinite)
        {
            return items.Remaining-- > 0;
        }

        return !TryReadBreak();
    }

    public bool TryReadNull()
    {
        if (PeekByte() != Null)
        {
            return false;
        }

        _position++;
        return true;
    }

    /// <summary>A text string as a range of the buffer.</summary>
    public Range ReadTextRange() => ReadString(CborKind.TextString);

    /// <summary>A byte string as a range of the buffer.</summary>
    public Range ReadBytesRange() => ReadString(CborKind.ByteString);

    /// <summary>A text string's UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> ReadText() => _buffer[ReadTextRange()];

    public ReadOnlySpan<byte> ReadBytes() => _buffer[ReadBytesRange()];

    public string ReadTextAsString() => Encoding.UTF8.GetString(ReadText());

    public string? ReadNullableText() => TryReadNull() ? null : ReadTextAsString();

    public long ReadInt64()
    {
        var start = _position;
        var head = ReadHead();
        if (head.IsIndefinite || head.Kind is not (CborKind.UnsignedInteger or CborKind.NegativeInteger))
        {
            throw new CborFormatException($"expected an integer, found {head.Kind}", start);
        }

        if (head.Argument > long.MaxValue)
        {
            throw new CborFormatException("integer out of range", start);
        }

        // A negative integer is written as −1 − n, which in two's complement is the complement of n.
        return head.Kind is CborKind.UnsignedInteger ? (long)head.Argument : ~(long)head.Argument;
    }

    /// <summary>Call after the last item: bytes that follow mean that the sender's framing is broken.</summary>
    public readonly void EnsureEnd()
    {
        if (Remaining != 0)
        {
            throw new CborFormatException("more bytes after the end", _position);
        }
    }

    private CborItems ReadItems(CborKind kind, int itemsPerEntry)
    {
        var start = _position;
        var head = ReadHead();
        if (head.Kind != kind)
        {
            throw new CborFormatException($"expected {kind}, found {head.Kind}", start);
        }

        // An item takes at least one byte, so a larger count is a lie that must not size an array.
        return head.IsIndefinite ? CborItems.Indefinite
            : head.Argument <= (ulong)(Remaining / itemsPerEntry) ? CborItems.Definite((int)head.Argument)
            : throw new CborFormatException("more items claimed than bytes left", start);
    }

    private Range ReadString(CborKind kind)
    {
        var start = _position;
        var head = ReadHead();
        if (head.Kind != kind)
        {
            throw new CborFormatException($"expected {kind}, found {head.Kind}", start);
        }

        if (!head.IsIndefinite)
        {
            var first = _position;
            Advance(head.Argument);
            return first.._position;
        }

        var end = start;
        while (!TryReadBreak())
        {
            var chunk = ReadChunk(kind);
            var bytes = _buffer[chunk];
            bytes.CopyTo(_buffer[end..]);
            end += bytes.Length;
        }

        return start..end;
    }

    private Range ReadChunk(CborKind kind)
    {
        var start = _position;
        var head = ReadHead();
        if (head.Kind != kind || head.IsIndefinite)
        {
            throw new CborFormatException($"a chunk of an indefinite {kind} has to be a definite one", start);
        }

        var first = _position;
        Advance(head.Argument);
        return first.._position;
    }

    private bool TryReadBreak()
    {
        if (PeekByte() != Break)
        {
            return false;
        }

        _position++;
        return true;
    }

    private CborHead ReadHead()
    {
        var start = _position;
        var first = PeekByte();
        _position++;
        var kind = (CborKind)(first >> 5);
        var info = first & 0x1F;
        return info switch
        {
            < 24 => new CborHead(kind, info, (ulong)info),
            24 => new CborHead(kind, info, TakeBytes(1)[0]),
            25 => new CborHead(kind, info, BinaryPrimitives.ReadUInt16BigEndian(TakeBytes(2))),
            26 => new CborHead(kind, info, BinaryPrimitives.ReadUInt32BigEndian(TakeBytes(4))),
            27 => new CborHead(kind, info, BinaryPrimitives.ReadUInt64BigEndian(TakeBytes(8))),
            IndefiniteInfo when kind is CborKind.ByteString or CborKind.TextString or CborKind.Array or CborKind.Map =>
                new CborHead(kind, info, 0),
            _ => throw new CborFormatException($"unexpected byte 0x{first:x2}", start),
        };
    }

    private Span<byte> TakeBytes(int count)
    {
        var first = _position;
        Advance((ulong)count);
        return _buffer[first.._position];
    }

    private void Advance(ulong count)
    {
        if (count > (ulong)Remaining)
        {
            throw new CborFormatException("the input ends inside an item", _position);
        }

        _position += (int)count;
    }

    private readonly byte PeekByte() => _position < _buffer.Length
        ? _buffer[_position]
        : throw new CborFormatException("the input ends where an item is expected", _position);

    private readonly record struct CborHead(CborKind Kind, int Info, ulong Argument)
    {
        public bool IsIndefinite => Info == IndefiniteInfo;
    }
}
