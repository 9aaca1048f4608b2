using System.Text.Json;
using DataProcessor.Gateway.Answering;

namespace DataProcessor.Gateway.Reading;

/// <summary>
/// Stage 1: frames records. A bad record fails by itself, and so does a line that is not JSON; a body that is not one
/// JSON document, or that has to be read whole and holds too many records, is refused as a whole.
/// </summary>
internal sealed class RecordParser(int maxRecords, int maxRecordBytes)
{
    private readonly RecordReader _records = new(maxRecordBytes);

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    /// <summary>Null when <paramref name="records"/> are the body's; else why it is refused.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="format">JSON or lines.</param>
    /// <param name="records">Takes the records.</param>
    /// <param name="keyField">Name of the field that holds the key of records without one; empty when none does.</param>
    public Problem? Parse(
        ReadOnlySpan<byte> body, BodyFormat format, IncomingRecords records, ReadOnlySpan<byte> keyField = default)
    {
        // Frames are about as long as the JSON they come from.
        records.Reserve(body.Length);
        var problem = format == BodyFormat.Lines
            ? ParseLines(body, records, keyField)
            : ParseDocument(WithoutMark(body), records, keyField);
        return problem is null && records.Count == 0 ? NoRecord() : problem;
    }

    /// <summary>
    /// Reads lines until all are read or there are as many records as one request may put at a time; blank lines are
    /// none. Returns the bytes read.
    /// </summary>
    /// <param name="lines">Whole lines; the last one of a body may lack its end.</param>
    /// <param name="line">Number of lines of the body read before; is moved past what is read.</param>
    /// <param name="records">Takes the records.</param>
    /// <param name="keyField">Name of the field that holds the key of records without one; empty when none does.</param>
    public int ParseLines(
        ReadOnlySpan<byte> lines, ref long line, IncomingRecords records, ReadOnlySpan<byte> keyField)
    {
        var rest = line == 0 ? WithoutMark(lines) : lines;
        while (!rest.IsEmpty && !IsFull(records))
        {
            var end = rest.IndexOf((byte)'\n');
            var text = (end < 0 ? rest : rest[..end]).Trim(Blanks);
            rest = end < 0 ? [] : rest[(end + 1)..];
            line++;
            if (!text.IsEmpty)
            {
                ParseLine(text, line, records, keyField);
            }
        }

        return lines.Length - rest.Length;
    }

    /// <summary>Whether the records are as many as one request may put at a time.</summary>
    public bool IsFull(IncomingRecords records) => records.Count >= maxRecords;

    public static Problem NoRecord() =>
        new(ProblemKind.EmptyBody, "The request holds no record. Send at least one, like {\"data\": \"...\"}.");

    private Problem? ParseLines(ReadOnlySpan<byte> body, IncomingRecords records, ReadOnlySpan<byte> keyField)
    {
        records.IsBatch = true;
        var line = 0L;
        var rest = body[ParseLines(body, ref line, records, keyField)..];
        return rest.Trim(Blanks).IsEmpty ? null : TooManyRecords();
    }

    private Problem? ParseDocument(ReadOnlySpan<byte> body, IncomingRecords records, ReadOnlySpan<byte> keyField)
    {
        if (body.Trim(Blanks).IsEmpty)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(body);
            reader.Read();
            records.IsBatch = reader.TokenType == JsonTokenType.StartArray;
            if (!records.IsBatch)
            {
                _records.Read(ref reader, body, keyField, records);
            }
            else if (ParseArray(ref reader, body, records, keyField) is { } problem)
            {
                return problem;
            }

            // Only to find what follows the document.
            reader.Read();
            return null;
        }
        catch (JsonException invalid)
        {
            return new(
                ProblemKind.InvalidJson,
                $"The body is not valid JSON {JsonPosition.Describe(body, invalid)} Nothing was written. "
                + "Several objects need an array around them or Content-Type 'application/x-ndjson'.");
        }
    }

    private Problem? ParseArray(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> body, IncomingRecords records, ReadOnlySpan<byte> keyField)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (records.Count == maxRecords)
            {
                return TooManyRecords();
            }

            _records.Read(ref reader, body, keyField, records);
        }

        return null;
    }

    private void ParseLine(ReadOnlySpan<byte> line, long number, IncomingRecords records, ReadOnlySpan<byte> keyField)
    {
        var before = records.Count;
        try
        {
            var reader = new Utf8JsonReader(line);
            reader.Read();
            _records.Read(ref reader, line, keyField, records);

            // Only to find what follows the object.
            reader.Read();
        }
        catch (JsonException invalid)
        {
            records.Truncate(before);
            records.AddFailed(new(
                ProblemKind.InvalidJson, $"Line {number} is not valid JSON {JsonPosition.Describe(line, invalid)}"));
        }
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> body) =>
        body.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body;

    private Problem TooManyRecords() => new(
        ProblemKind.TooManyRecords,
        $"The request holds more than {maxRecords} records; nothing was written. Send them in several requests, or in "
        + "'application/x-ndjson' as many as you like.");
}
