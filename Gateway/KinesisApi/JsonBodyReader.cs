using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace DataProcessor.Gateway.KinesisApi;

/// <summary>A body in JSON, where bytes are base64.</summary>
internal ref struct JsonBodyReader(Span<byte> body) : IBodyReader
{
    private readonly Span<byte> _body = body;
    private Utf8JsonReader _json = new(body);

    public void StartMap()
    {
        // The body itself; an item of a list was read by NextItem.
        if (_json.TokenType == JsonTokenType.None)
        {
            _json.Read();
        }

        Expect(JsonTokenType.StartObject);
    }

    public bool NextMember(out Range name)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.EndObject)
        {
            name = default;
            return false;
        }

        name = TakeText();
        return true;
    }

    public bool TryStartList()
    {
        if (IsNull())
        {
            return false;
        }

        Expect(JsonTokenType.StartArray);
        return true;
    }

    public bool NextItem()
    {
        _json.Read();
        return _json.TokenType != JsonTokenType.EndArray;
    }

    public Range? ReadText()
    {
        if (IsNull())
        {
            return null;
        }

        Expect(JsonTokenType.String);
        return TakeText();
    }

    public Range? ReadBytes()
    {
        if (ReadText() is not { } text)
        {
            return null;
        }

        return Base64.DecodeFromUtf8InPlace(_body[text], out var length) == OperationStatus.Done
            ? text.Start..(text.Start.Value + length)
            : throw new FormatException($"The text at byte {text.Start} is not base64.");
    }

    public void Skip()
    {
        _json.Read();
        _json.Skip();
    }

    public void EnsureEnd()
    {
        // Throws at anything that follows the document.
        _json.Read();
    }

    private bool IsNull()
    {
        _json.Read();
        return _json.TokenType == JsonTokenType.Null;
    }

    private readonly void Expect(JsonTokenType kind)
    {
        if (_json.TokenType != kind)
        {
            throw new FormatException($"Expected {kind} at byte {_json.TokenStartIndex}, found {_json.TokenType}.");
        }
    }

    /// <summary>The string or name that the reader stands on; it has passed these bytes, so they may be rewritten.</summary>
    private readonly Range TakeText()
    {
        var start = (int)_json.TokenStartIndex + 1;
        var length = _json.ValueSpan.Length;
        if (_json.ValueIsEscaped)
        {
            var unescaped = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                length = _json.CopyString(unescaped);
                unescaped.AsSpan(0, length).CopyTo(_body[start..]);
            }
            catch (InvalidOperationException)
            {
                // The reader's only answer to a text that UTF-8 cannot hold.
                throw new FormatException($"The text at byte {start - 1} is not Unicode.");
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(unescaped);
            }
        }

        return start..(start + length);
    }
}
