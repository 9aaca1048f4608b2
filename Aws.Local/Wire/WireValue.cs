using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>A value of a request. Its members throw SerializationException if it is of another kind.</summary>
internal readonly struct WireValue(WireDocument document, int index)
{
    private ref readonly WireToken Token => ref document[index];

    public Memory<byte> Utf8
    {
        get
        {
            var bytes = Expect(WireKind.Text, "a string").Bytes;
            return Utf8IsValid(bytes.Span) ? bytes : throw ServiceErrors.Serialization("A string is not UTF-8.");
        }
    }

    public string Text => Encoding.UTF8.GetString(Utf8.Span);

    public long Integer => Expect(WireKind.Integer, "an integer").Integer;

    public int Int32 => (int)Math.Clamp(Integer, int.MinValue, int.MaxValue);

    public bool Flag => Expect(WireKind.Flag, "a boolean").Integer != 0;

    /// <summary>JSON has base64, decoded where it stands: ask once.</summary>
    public ReadOnlyMemory<byte> Blob
    {
        get
        {
            if (document.Encoding == WireEncoding.Cbor)
            {
                return Expect(WireKind.Blob, "a byte string").Bytes;
            }

            var text = Expect(WireKind.Text, "a base64 string").Bytes;
            return Base64.DecodeFromUtf8InPlace(text.Span, out var length) == OperationStatus.Done
                ? text[..length]
                : throw ServiceErrors.Serialization("A blob is not base64.");
        }
    }

    /// <summary>Epoch milliseconds. JSON has seconds, CBOR milliseconds.</summary>
    public long Timestamp
    {
        get
        {
            var value = Token.Kind switch
            {
                WireKind.Integer => Token.Integer,
                WireKind.Real => Token.Real,
                _ => throw Unexpected("a timestamp"),
            };
            var milliseconds = document.Encoding == WireEncoding.Json ? value * 1000 : value;
            return (long)Math.Round(Math.Clamp(milliseconds, -1e15, 1e15));
        }
    }

    /// <summary>Members of a map; those that are null are left out, as if they were not there.</summary>
    public WireMembers Members
    {
        get
        {
            Expect(WireKind.Map, "a structure");
            return new WireMembers(document, index);
        }
    }

    public WireItems Items
    {
        get
        {
            Expect(WireKind.List, "a list");
            return new WireItems(document, index);
        }
    }

    private static bool Utf8IsValid(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes);

    private ref readonly WireToken Expect(WireKind kind, string expected)
    {
        if (Token.Kind != kind)
        {
            throw Unexpected(expected);
        }

        return ref Token;
    }

    private ServiceException Unexpected(string expected) =>
        ServiceErrors.Serialization($"{Token.Kind} can not be converted to {expected}.");
}

/// <summary>A member of a structure.</summary>
internal readonly struct WireMember(WireDocument document, int nameIndex)
{
    public WireValue Value => new(document, nameIndex + 1);

    public bool Is(ReadOnlySpan<byte> name) => document[nameIndex].Bytes.Span.SequenceEqual(name);
}

/// <summary>Enumerates the members of a map.</summary>
internal struct WireMembers(WireDocument document, int map)
{
    private int _next = map + 1;

    public WireMember Current { get; private set; }

    public readonly WireMembers GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_next < document[map].Next)
        {
            Current = new WireMember(document, _next);
            var isNull = document[_next + 1].Kind == WireKind.Null;
            _next = document.After(_next + 1);
            if (!isNull)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Enumerates a list.</summary>
internal struct WireItems(WireDocument document, int list)
{
    private int _next = list + 1;

    public WireValue Current { get; private set; }

    public readonly WireItems GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_next >= document[list].Next)
        {
            return false;
        }

        Current = new WireValue(document, _next);
        _next = document.After(_next);
        return true;
    }
}
