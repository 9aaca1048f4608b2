using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Load.Peers;

/// <summary>Parses <c>{"data": "…"}</c>, or one a line when the content type says NDJSON, and answers as the gateway does.</summary>
internal sealed class BareGateway(PeerRun run)
{
    private const int UnannouncedBytes = 1024 * 1024;

    public async Task AnswerAsync(HttpContext context)
    {
        var isBatch = context.Request.ContentType?.Contains("ndjson", StringComparison.Ordinal) == true;
        var body = ArrayPool<byte>.Shared.Rent((int)(context.Request.ContentLength ?? UnannouncedBytes));
        var texts = ArrayPool<byte>.Shared.Rent(body.Length);
        try
        {
            var length = await ReadToEndAsync(context.Request, body);
            var (records, bytes) = isBatch ? ParseLines(body.AsSpan(0, length), texts) : Parse(body.AsSpan(0, length), texts);
            context.Response.ContentType = "application/json";
            Answer(context.Response.BodyWriter, isBatch, records);
            run.OnCall(records, bytes, kinesisRecords: 0);
        }
        catch (JsonException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
            ArrayPool<byte>.Shared.Return(texts);
        }
    }

    private static async ValueTask<int> ReadToEndAsync(HttpRequest request, byte[] body)
    {
        var length = 0;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync();
            foreach (var segment in read.Buffer)
            {
                segment.CopyTo(body.AsMemory(length));
                length += segment.Length;
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return length;
            }
        }
    }

    private static (int Records, long Bytes) ParseLines(ReadOnlySpan<byte> body, Span<byte> texts)
    {
        var (records, bytes) = (0, 0L);
        foreach (var line in body.Split((byte)'\n'))
        {
            if (!body[line].IsEmpty)
            {
                bytes += Parse(body[line], texts).Bytes;
                records++;
            }
        }

        return (records, bytes);
    }

    /// <summary>Unescapes the data into <paramref name="texts"/>: any gateway has to copy it once.</summary>
    private static (int Records, long Bytes) Parse(ReadOnlySpan<byte> json, Span<byte> texts)
    {
        var bytes = 0;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isData = reader.ValueTextEquals("data"u8);
            reader.Read();
            if (isData)
            {
                bytes = reader.CopyString(texts);
            }
            else
            {
                reader.Skip();
            }
        }

        // Only to find what follows the object.
        reader.Read();
        return (1, bytes);
    }

    private static void Answer(IBufferWriter<byte> body, bool isBatch, int records)
    {
        if (!isBatch)
        {
            body.Write("{"u8);
            body.Write(Place);
            body.Write("}"u8);
            return;
        }

        Span<byte> digits = stackalloc byte[10];
        body.Write("{\"successes\":["u8);
        for (var id = 0; id < records; id++)
        {
            body.Write(id == 0 ? "{\"id\":"u8 : ",{\"id\":"u8);
            id.TryFormat(digits, out var length);
            body.Write(digits[..length]);
            body.Write(","u8);
            body.Write(Place);
            body.Write("}"u8);
        }

        body.Write("],\"failures\":[]}"u8);
    }

    private static ReadOnlySpan<byte> Place =>
        "\"shardId\":\"shardId-000000000003\",\"sequenceNumber\":\"49650000000000000000000000000000000000000000000000000050\",\"subSequenceNumber\":100"u8;
}
