using System.Text.Json;
using DataProcessor.Gateway.Answering;

namespace DataProcessor.Gateway.Reading;

/// <summary>
/// Stage 1: frames the records of a body. A bad record fails by itself; a body that is not one JSON document, or
/// holds too many records, is refused as a whole. A line that is not JSON is a bad record.
/// </summary>
internal sealed class RecordParser(int maxRecords, int maxRecordBytes)
{
    private readonly RecordReader _records = new(maxRecordBytes);

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    /// <summary>Null when <paramref name="records"/> are the body's; else why it is refused.</summary>
    public Problem? Parse(ReadOnlySpan<byte> body, BodyFormat format, IncomingRecords records)
    {
        if (body.StartsWith(ByteOrderMark))
        {
            body = body[ByteOrderMark.Length..];
        }

        // Frames are about as long as the JSON they come from.
        records.Reserve(body.Length);
        var problem = format == BodyFormat.Lines ? ParseLines(body, records) : ParseDocument(body, records);
        return problem is null && records.Count == 0
            ? new(ProblemKind.EmptyBody, "The request holds no record. Send at least one, like {\"data\": \"...\"}.")
            : problem;
    }

    private Problem? ParseDocument(ReadOnlySpan<byte> body, IncomingRecords records)
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
                _records.Read(ref reader, body, records);
            }
            else if (ParseArray(ref reader, body, records) is { } problem)
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

    private Problem? ParseArray(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, IncomingRecords records)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (records.Count == maxRecords)
            {
                return TooManyRecords();
            }

            _records.Read(ref reader, body, records);
        }

        return null;
    }

    private Problem? ParseLines(ReadOnlySpan<byte> body, IncomingRecords records)
    {
        records.IsBatch = true;
        var number = 0;
        foreach (var range in body.Split((byte)'\n'))
        {
            number++;
            var line = body[range].Trim(Blanks);
            if (line.IsEmpty)
            {
                continue;
            }

            if (records.Count == maxRecords)
            {
                return TooManyRecords();
            }

            ParseLine(line, number, records);
        }

        return null;
    }

    private void ParseLine(ReadOnlySpan<byte> line, int number, IncomingRecords records)
    {
        var before = records.Count;
        try
        {
            var reader = new Utf8JsonReader(line);
            reader.Read();
            _records.Read(ref reader, line, records);

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

    private Problem TooManyRecords() => new(
        ProblemKind.TooManyRecords,
        $"The request holds more than {maxRecords} records; nothing was written. Send them in several requests.");
}
