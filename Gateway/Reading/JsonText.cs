using System.Text.Json;
using System.Text.Unicode;

namespace DataProcessor.Gateway.Reading;

/// <summary>A token of a JSON text, kept as it stands there and unescaped only when its place is known.</summary>
internal readonly ref struct JsonText
{
    private readonly ReadOnlySpan<byte> _quoted;
    private readonly bool _isEscaped;

    private JsonText(JsonTokenType kind, ReadOnlySpan<byte> quoted, bool isEscaped)
    {
        Kind = kind;
        _quoted = quoted;
        _isEscaped = isEscaped;
    }

    public JsonTokenType Kind { get; }

    /// <summary>The property is not there, or null.</summary>
    public bool IsAbsent => Kind is JsonTokenType.None or JsonTokenType.Null;

    public bool IsString => Kind == JsonTokenType.String;

    /// <summary>Most bytes that the text can have: unescaping never lengthens it.</summary>
    public int MaxLength => IsString ? _quoted.Length - 2 : 0;

    /// <summary>The string or property name that the reader, which reads <paramref name="json"/>, stands on.</summary>
    public static JsonText At(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
            ? new(JsonTokenType.String, json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2), reader.ValueIsEscaped)
            : new(reader.TokenType, default, false);

    public bool Is(ReadOnlySpan<byte> text)
    {
        if (!_isEscaped)
        {
            return _quoted[1..^1].SequenceEqual(text);
        }

        // An escaped byte takes six at the most.
        Span<byte> unescaped = stackalloc byte[128];
        return MaxLength <= unescaped.Length
            && TryCopyTo(unescaped, out var length)
            && unescaped[..length].SequenceEqual(text);
    }

    /// <summary>Writes the text as UTF-8; false when it is none (bytes that are not UTF-8, or half a surrogate pair).</summary>
    public bool TryCopyTo(Span<byte> target, out int length)
    {
        length = 0;
        if (!_isEscaped)
        {
            var raw = _quoted[1..^1];
            raw.CopyTo(target);
            length = raw.Length;
            return Utf8.IsValid(raw);
        }

        var reader = new Utf8JsonReader(_quoted);
        reader.Read();
        try
        {
            length = reader.CopyString(target);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The reader's only answer to a text that UTF-8 cannot hold.
            return false;
        }
    }
}
