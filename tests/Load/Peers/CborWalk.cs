using System.Buffers.Binary;

namespace DataProcessor.Load.Peers;

/// <summary>Goes through CBOR that a known server wrote: maps, arrays, definite strings; no checks beyond the span's own.</summary>
internal ref struct CborWalk(ReadOnlySpan<byte> bytes)
{
    private const int Map = 5, Array = 4, Text = 3, Bytes = 2, Tag = 6;
    private const byte Break = 0xFF;
    private const byte Null = 0xF6;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>Enters a map or an array; then for each entry <see cref="HasNext"/> and its items.</summary>
    /// <returns>Number of entries; −1 when a break ends them.</returns>
    public long Open() => Head(out _);

    public bool HasNext(ref long entries)
    {
        if (entries >= 0)
        {
            return entries-- > 0;
        }

        var hasEnded = _bytes[_position] == Break;
        _position += hasEnded ? 1 : 0;
        return !hasEnded;
    }

    public bool TryNull()
    {
        var isNull = _bytes[_position] == Null;
        _position += isNull ? 1 : 0;
        return isNull;
    }

    /// <summary>A text or byte string.</summary>
    public ReadOnlySpan<byte> String()
    {
        var length = (int)Head(out _);
        _position += length;
        return _bytes.Slice(_position - length, length);
    }

    public void Skip()
    {
        var argument = Head(out var kind);
        switch (kind)
        {
            case Text or Bytes:
                _position += (int)argument;
                break;
            case Map or Array:
                while (HasNext(ref argument))
                {
                    Skip();
                    if (kind == Map)
                    {
                        Skip();
                    }
                }

                break;
            case Tag:
                Skip();
                break;
        }
    }

    private long Head(out int kind)
    {
        var first = _bytes[_position++];
        kind = first >> 5;
        var size = (first & 31) switch { 24 => 1, 25 => 2, 26 => 4, 27 => 8, _ => 0 };
        var rest = _bytes.Slice(_position, size);
        _position += size;
        return (first & 31) switch
        {
            24 => rest[0],
            25 => BinaryPrimitives.ReadUInt16BigEndian(rest),
            26 => BinaryPrimitives.ReadUInt32BigEndian(rest),
            27 => BinaryPrimitives.ReadInt64BigEndian(rest),
            31 => -1,
            var small => small,
        };
    }
}
