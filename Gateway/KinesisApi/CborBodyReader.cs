using DataProcessor.Aws.Cbor;

namespace DataProcessor.Gateway.KinesisApi;

/// <summary>A body in CBOR, where bytes are bytes.</summary>
internal ref struct CborBodyReader(Span<byte> body) : IBodyReader
{
    /// <summary>Maps and lists that are read into: the call, its Records, a record.</summary>
    private const int MaxOpen = 3;

    private readonly CborItems[] _open = new CborItems[MaxOpen];
    private CborReader _cbor = new(body);
    private int _depth;

    public void StartMap() => _open[_depth++] = _cbor.ReadMap();

    public bool NextMember(out Range name)
    {
        if (!NextItem())
        {
            name = default;
            return false;
        }

        name = _cbor.ReadTextRange();
        return true;
    }

    public bool TryStartList()
    {
        if (_cbor.TryReadNull())
        {
            return false;
        }

        _open[_depth++] = _cbor.ReadArray();
        return true;
    }

    public bool NextItem()
    {
        if (_cbor.MoveNext(ref _open[_depth - 1]))
        {
            return true;
        }

        _depth--;
        return false;
    }

    public Range? ReadText() => _cbor.TryReadNull() ? null : _cbor.ReadTextRange();

    public Range? ReadBytes() => _cbor.TryReadNull() ? null : _cbor.ReadBytesRange();

    public void Skip() => _cbor.Skip();

    public readonly void EnsureEnd() => _cbor.EnsureEnd();
}
