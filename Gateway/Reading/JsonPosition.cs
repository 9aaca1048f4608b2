using System.Text.Json;

namespace DataProcessor.Gateway.Reading;

internal static class JsonPosition
{
    /// <summary>Where and why the text is not JSON: <c>at byte 17: 'x' is an invalid start of a value.</c></summary>
    public static string Describe(ReadOnlySpan<byte> json, JsonException invalid)
    {
        var lineStart = 0;
        for (var line = 0L; line < invalid.LineNumber; line++)
        {
            lineStart += json[lineStart..].IndexOf((byte)'\n') + 1;
        }

        var reason = invalid.Message;
        var end = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return $"at byte {lineStart + invalid.BytePositionInLine}: {(end < 0 ? reason : reason[..end])}";
    }
}
