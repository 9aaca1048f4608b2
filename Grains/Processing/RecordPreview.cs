using System.Globalization;
using System.Text;

namespace DataProcessor.Grains.Processing;

/// <summary>A record's bytes for a log line: bounded, on one line, without control characters.</summary>
internal static class RecordPreview
{
    /// <summary>Bytes of the record that are looked at; escapes make at most six characters of each.</summary>
    private const int MaxBytes = 80;

    public static string Of(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        var rest = data.Length > MaxBytes ? data[..MaxBytes] : data;
        while (!rest.IsEmpty)
        {
            var isText = Rune.DecodeFromUtf8(rest, out var rune, out var consumed) == System.Buffers.OperationStatus.Done;
            if (isText && !IsHidden(rune))
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var value in rest[..consumed])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
                }
            }

            rest = rest[consumed..];
        }

        return data.Length > MaxBytes ? text.Append('…').ToString() : text.ToString();
    }

    /// <summary>What could forge a line, hide text or turn its direction.</summary>
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned;
}
