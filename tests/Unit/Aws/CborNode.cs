using CsCheck;
using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

/// <summary>Any CBOR value, written by the base library's writer: the foreign side of the properties.</summary>
internal abstract record CborNode
{
    public static readonly Gen<CborNode> Any = Gen.Recursive<CborNode>((depth, nested) => depth > 4 ? Leaf : Gen.Frequency(
        (6, Leaf),
        (1, Gen.Select(nested.Array[0, 4], Gen.Bool, (items, indefinite) => (CborNode)new Items(items, indefinite))),
        (1, Gen.Select(Gen.Select(Gen.String, nested).Array[0, 4], Gen.Bool, (pairs, indefinite) => (CborNode)new Pairs(pairs, indefinite)))));

    private static Gen<CborNode> Leaf => Gen.OneOf(
        Gen.Long.Select(value => (CborNode)new Integer(value)),
        Gen.Select(Gen.String.Array[0, 4], Gen.Bool, (chunks, indefinite) => (CborNode)new Text(chunks, indefinite)),
        Gen.Select(Gen.Byte.Array[0, 300].Array[0, 4], Gen.Bool, (chunks, indefinite) => (CborNode)new Bytes(chunks, indefinite)),
        Gen.Long[-62_135_596_800_000, 253_402_300_799_999].Select(ms => (CborNode)new Milliseconds(ms)),
        Gen.Const((CborNode)new Null()),
        Gen.Double.Select(value => (CborNode)new Float(value)));

    public byte[] Encode()
    {
        // Lax, because the strings may contain lone surrogates and maps the same key twice.
        var writer = new Foreign.CborWriter(Foreign.CborConformanceMode.Lax, convertIndefiniteLengthEncodings: false);
        Write(writer);
        return writer.Encode();
    }

    public abstract void Write(Foreign.CborWriter writer);

    internal sealed record Integer(long Value) : CborNode
    {
        public override void Write(Foreign.CborWriter writer) => writer.WriteInt64(Value);
    }

    internal sealed record Float(double Value) : CborNode
    {
        public override void Write(Foreign.CborWriter writer) => writer.WriteDouble(Value);
    }

    internal sealed record Null : CborNode
    {
        public override void Write(Foreign.CborWriter writer) => writer.WriteNull();
    }

    internal sealed record Milliseconds(long Value) : CborNode
    {
        public override void Write(Foreign.CborWriter writer)
        {
            writer.WriteTag(Foreign.CborTag.UnixTimeSeconds);
            writer.WriteInt64(Value);
        }
    }

    internal sealed record Text(string[] Chunks, bool IsIndefinite) : CborNode
    {
        public string Whole => string.Concat(Chunks);

        public override void Write(Foreign.CborWriter writer)
        {
            if (!IsIndefinite)
            {
                writer.WriteTextString(Whole);
                return;
            }

            writer.WriteStartIndefiniteLengthTextString();
            Array.ForEach(Chunks, chunk => writer.WriteTextString(chunk));
            writer.WriteEndIndefiniteLengthTextString();
        }
    }

    internal sealed record Bytes(byte[][] Chunks, bool IsIndefinite) : CborNode
    {
        public byte[] Whole => [.. Chunks.SelectMany(chunk => chunk)];

        public override void Write(Foreign.CborWriter writer)
        {
            if (!IsIndefinite)
            {
                writer.WriteByteString(Whole);
                return;
            }

            writer.WriteStartIndefiniteLengthByteString();
            Array.ForEach(Chunks, chunk => writer.WriteByteString(chunk));
            writer.WriteEndIndefiniteLengthByteString();
        }
    }

    internal sealed record Items(CborNode[] Values, bool IsIndefinite) : CborNode
    {
        public override void Write(Foreign.CborWriter writer)
        {
            writer.WriteStartArray(IsIndefinite ? null : Values.Length);
            Array.ForEach(Values, value => value.Write(writer));
            writer.WriteEndArray();
        }
    }

    internal sealed record Pairs((string Key, CborNode Value)[] Values, bool IsIndefinite) : CborNode
    {
        public override void Write(Foreign.CborWriter writer)
        {
            writer.WriteStartMap(IsIndefinite ? null : Values.Length);
            foreach ((var key, var value) in Values)
            {
                writer.WriteTextString(key);
                value.Write(writer);
            }

            writer.WriteEndMap();
        }
    }
}
