using System.Formats.Cbor;
using System.Runtime.InteropServices;
using System.Text;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>CBOR 1.1 bodies. Tags are skipped: only timestamps have one, and they are told by their member.</summary>
internal static class CborDecoder
{
    /// <summary>The document points into the body.</summary>
    public static void Decode(ReadOnlyMemory<byte> body, WireDocument document)
    {
        try
        {
            var reader = new CborReader(body, CborConformanceMode.Lax);
            while (reader.PeekState() is var state and not CborReaderState.Finished)
            {
                Add(reader, state, document);
            }
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException)
        {
            throw ServiceErrors.Serialization($"The request body is not CBOR: {e.Message}");
        }
    }

    private static void Add(CborReader reader, CborReaderState state, WireDocument document)
    {
        switch (state)
        {
            case CborReaderState.StartMap:
                reader.ReadStartMap();
                document.Open(WireKind.Map);
                break;
            case CborReaderState.EndMap:
                reader.ReadEndMap();
                document.Close();
                break;
            case CborReaderState.StartArray:
                reader.ReadStartArray();
                document.Open(WireKind.List);
                break;
            case CborReaderState.EndArray:
                reader.ReadEndArray();
                document.Close();
                break;
            case CborReaderState.Tag:
                reader.ReadTag();
                break;
            default:
                document.Add(Scalar(reader, state));
                break;
        }
    }

    private static WireToken Scalar(CborReader reader, CborReaderState state)
    {
        switch (state)
        {
            case CborReaderState.TextString:
                return new() { Kind = WireKind.Text, Bytes = MemoryMarshal.AsMemory(reader.ReadDefiniteLengthTextStringBytes()) };
            case CborReaderState.StartIndefiniteLengthTextString:
                return new() { Kind = WireKind.Text, Bytes = Encoding.UTF8.GetBytes(reader.ReadTextString()) };
            case CborReaderState.ByteString:
                return new() { Kind = WireKind.Blob, Bytes = MemoryMarshal.AsMemory(reader.ReadDefiniteLengthByteString()) };
            case CborReaderState.StartIndefiniteLengthByteString:
                return new() { Kind = WireKind.Blob, Bytes = reader.ReadByteString() };
            case CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger:
                return new() { Kind = WireKind.Integer, Integer = reader.ReadInt64() };
            case CborReaderState.HalfPrecisionFloat or CborReaderState.SinglePrecisionFloat or CborReaderState.DoublePrecisionFloat:
                return new() { Kind = WireKind.Real, Real = reader.ReadDouble() };
            case CborReaderState.Boolean:
                return new() { Kind = WireKind.Flag, Integer = reader.ReadBoolean() ? 1 : 0 };
            case CborReaderState.Null:
                reader.ReadNull();
                return new() { Kind = WireKind.Null };
            default:
                throw ServiceErrors.Serialization($"The request body has a CBOR item that the protocol has not: {state}.");
        }
    }
}
