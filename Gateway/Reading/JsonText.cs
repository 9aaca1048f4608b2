using System.Text.Json;
using System.Text.Unicode;

namespace DataProcessor.Gateway.Reading;

/// <summary>A name or value of a JSON text, kept as it stands there and unescaped only when its place is known.</summary>
internal readonly ref struct JsonText
{
    private readonly ReadOnlySpan<byte> _raw;
    private readonly bool _isEscaped;

    private JsonText(JsonTokenType kind, ReadOnlySpan<byte> raw, bool isEscaped)
    {
        Kind = kind;
        _raw = raw;
        _isEscaped = isEscaped;
    }

    public JsonTokenType Kind { get; }

    /// <summary>The property is not there, or null.</summary>
    public bool IsAbsent => Kind is JsonTokenType.None or JsonTokenType.Null;

    public bool IsString => Kind is JsonTokenType.String;

    /// <summary>A string, a number, true or false.</summary>
    public bool IsScalar => IsString || Kind is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False;

    /// <summary>Most bytes that <see cref="TryCopyTo"/> writes: unescaping never lengthens a string.</summary>
    public int MaxLength => IsAbsent ? 0 : IsString ? _raw.Length - 2 : _raw.Length;

    /// <summary>The property name that the reader, which reads <paramref name="json"/>, stands on.</summary>
    public static JsonText NameAt(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json) => new(
        JsonTokenType.String,
        json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2),
        reader.ValueIsEscaped);

    /// <summary>The value that the reader, which reads <paramref name="json"/>, stands on; it is taken to the value's end.</summary>
    public static JsonText Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var (kind, start, isEscaped) = (reader.TokenType, (int)reader.TokenStartIndex, reader.ValueIsEscaped);
        reader.Skip();
        return new(kind, json[start..(int)reader.BytesConsumed], isEscaped);
    }

    /// <summary>An object whose end the reader stands on.</summary>
    public static JsonText ObjectFrom(int start, scoped in Utf8JsonReader reader, ReadOnlySpan<byte> json) =>
        new(JsonTokenType.StartObject, json[start..(int)reader.BytesConsumed], isEscaped: false);

    /// <summary>Whether it is the string <paramref name="text"/>, of at most <see cref="MostComparedBytes"/>.</summary>
    public bool Is(ReadOnlySpan<byte> text)
    {
        if (!IsString || !_isEscaped)
        {
            return IsString && _raw[1..^1].SequenceEqual(text);
        }

        Span<byte> unescaped = stackalloc byte[LongestEscape * MostComparedBytes];
        return MaxLength <= unescaped.Length
            && TryCopyTo(unescaped, out var length)
            && unescaped[..length].SequenceEqual(text);
    }

    /// <summary>Longest text that <see cref="Is"/> compares with.</summary>
    public const int MostComparedBytes = 128;

    /// <summary>A byte takes six as \u0041.</summary>
    private const int LongestEscape = 6;

    /// <summary>
    /// Writes a string's text as UTF-8, and any other value as its JSON text; false when that is no text (bytes that are
    /// not UTF-8, or half a surrogate pair).
    /// </summary>
    public bool TryCopyTo(Span<byte> target, out int length)
    {
        length = 0;
        if (!_isEscaped)
        {
            var text = IsString ? _raw[1..^1] : _raw;
            text.CopyTo(target);
            length = text.Length;
            return Utf8.IsValid(text);
        }

        var reader = new Utf8JsonReader(_raw);
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
