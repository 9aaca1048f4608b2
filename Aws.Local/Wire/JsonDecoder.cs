using System.Buffers;
using System.Text.Json;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>JSON 1.1 bodies.</summary>
internal static class JsonDecoder
{
    /// <summary>The document points into the body; escapes are resolved in place.</summary>
    public static void Decode(Memory<byte> body, WireDocument document)
    {
        try
        {
            var reader = new Utf8JsonReader(body.Span);
            while (reader.Read())
            {
                Add(ref reader, body, document);
            }
        }
        catch (JsonException e)
        {
            throw ServiceErrors.Serialization($"The request body is not JSON: {e.Message}");
        }
    }

    private static void Add(ref Utf8JsonReader reader, Memory<byte> body, WireDocument document)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                document.Open(WireKind.Map);
                break;
            case JsonTokenType.StartArray:
                document.Open(WireKind.List);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                document.Close();
                break;
            case JsonTokenType.PropertyName or JsonTokenType.String:
                document.Add(new WireToken { Kind = WireKind.Text, Bytes = Text(ref reader, body) });
                break;
            case JsonTokenType.Number when reader.TryGetInt64(out var integer):
                document.Add(new WireToken { Kind = WireKind.Integer, Integer = integer });
                break;
            case JsonTokenType.Number:
                document.Add(new WireToken { Kind = WireKind.Real, Real = reader.GetDouble() });
                break;
            case JsonTokenType.True or JsonTokenType.False:
                document.Add(new WireToken { Kind = WireKind.Flag, Integer = reader.TokenType == JsonTokenType.True ? 1 : 0 });
                break;
            default:
                document.Add(new WireToken { Kind = WireKind.Null });
                break;
        }
    }

    private static Memory<byte> Text(ref Utf8JsonReader reader, Memory<byte> body)
    {
        var text = body.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        if (!reader.ValueIsEscaped)
        {
            return text;
        }

        // The reader has passed this text, and without its escapes it is shorter.
        var unescaped = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            var length = reader.CopyString(unescaped);
            unescaped.AsSpan(0, length).CopyTo(text.Span);
            return text[..length];
        }
        catch (InvalidOperationException e)
        {
            throw ServiceErrors.Serialization($"The request body has a string that is not Unicode: {e.Message}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unescaped);
        }
    }
}
