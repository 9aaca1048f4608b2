using System.Buffers;
using System.Formats.Cbor;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>CBOR 1.1 answers, maps and lists of indefinite length as the service's are.</summary>
internal sealed class CborWireWriter : WireWriter
{
    private readonly CborWriter _cbor = new(CborConformanceMode.Lax);

    public override WireEncoding Encoding => WireEncoding.Cbor;

    public override void StartMap(string? name = null)
    {
        Name(name);
        _cbor.WriteStartMap(null);
    }

    public override void EndMap() => _cbor.WriteEndMap();

    public override void StartList(string name)
    {
        Name(name);
        _cbor.WriteStartArray(null);
    }

    public override void EndList() => _cbor.WriteEndArray();

    public override void Text(string? name, ReadOnlySpan<char> value)
    {
        Name(name);
        _cbor.WriteTextString(value);
    }

    public override void Integer(string name, long value)
    {
        Name(name);
        _cbor.WriteInt64(value);
    }

    public override void Flag(string name, bool value)
    {
        Name(name);
        _cbor.WriteBoolean(value);
    }

    public override void Blob(string name, ReadOnlySpan<byte> value)
    {
        Name(name);
        _cbor.WriteByteString(value);
    }

    public override void Timestamp(string name, long epochMs)
    {
        Name(name);
        _cbor.WriteTag(CborTag.UnixTimeSeconds); // Tag 1, but in milliseconds: the protocol's own reading of it.
        _cbor.WriteInt64(epochMs);
    }

    public override (byte[] Buffer, int Length) Finish()
    {
        if (_cbor.BytesWritten == 0)
        {
            return ([], 0);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(_cbor.BytesWritten);
        return (buffer, _cbor.Encode(buffer));
    }

    public override void Dispose() => _cbor.Reset();

    private void Name(string? name)
    {
        if (name is not null)
        {
            _cbor.WriteTextString(name);
        }
    }
}
