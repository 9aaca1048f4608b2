using DataProcessor.Aws.Cbor;

namespace DataProcessor.Gateway.KinesisApi;

internal ref struct CborAnswerWriter(int capacity) : IAnswerWriter, IDisposable
{
    private CborWriter _cbor = new(capacity);

    public readonly ReadOnlySpan<byte> Written => _cbor.Written;

    public void StartMap(int members) => _cbor.WriteMap(members);

    public readonly void EndMap()
    {
        // Its length stands at its start.
    }

    public void StartList(ReadOnlySpan<byte> name, int items)
    {
        _cbor.WriteText(name);
        _cbor.WriteArray(items);
    }

    public readonly void EndList()
    {
        // As EndMap.
    }

    public void Text(ReadOnlySpan<byte> name, string value)
    {
        _cbor.WriteText(name);
        _cbor.WriteText(value);
    }

    public void Number(ReadOnlySpan<byte> name, int value)
    {
        _cbor.WriteText(name);
        _cbor.WriteInteger(value);
    }

    public void Dispose() => _cbor.Dispose();
}
