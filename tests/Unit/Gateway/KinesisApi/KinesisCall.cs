using System.Formats.Cbor;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using DataProcessor.Unit.AwsLocal;
using Xunit;

namespace DataProcessor.Unit.Gateway.KinesisApi;

/// <summary>An answer, whatever it was encoded in.</summary>
internal sealed record KinesisReply(int Status, string? ContentType, string? ErrorType, JsonNode Body)
{
    public string? Type => Body["__type"]?.GetValue<string>();

    public string Message => Body["message"]!.GetValue<string>();
}

/// <summary>A record as a test puts it.</summary>
internal sealed record PutRecord(string Key, byte[] Data, string? HashKey = null)
{
    public PutRecord(string key, string data, string? hashKey = null) : this(key, Encoding.UTF8.GetBytes(data), hashKey)
    {
    }
}

/// <summary>Calls as AWS SDKs send them, with the base library's codecs in place of the gateway's.</summary>
internal static class KinesisCall
{
    public const string JsonType = "application/x-amz-json-1.1";
    public const string CborType = "application/x-amz-cbor-1.1";

    public static Task<KinesisReply> PutRecordsAsync(this LoopbackGateway gateway, params PutRecord[] records) =>
        gateway.CallAsync("PutRecords", Json(MemoryCluster.StreamName, records).ToJsonString());

    public static Task<KinesisReply> CallAsync(this LoopbackGateway gateway, string operation, string json) =>
        gateway.CallAsync(operation, Encoding.UTF8.GetBytes(json), JsonType);

    public static async Task<KinesisReply> CallAsync(
        this LoopbackGateway gateway, string operation, byte[] body, string? type, Action<HttpRequestMessage>? change = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = content };
        request.Headers.Add("X-Amz-Target", "Kinesis_20131202." + operation);
        change?.Invoke(request);
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var isCbor = response.Content.Headers.ContentType?.MediaType == CborType;
        Assert.Equal(type == CborType, isCbor);
        Assert.NotEmpty(response.Headers.GetValues("x-amzn-RequestId"));
        return new(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.TryGetValues("x-amzn-ErrorType", out var types) ? types.Single() : null,
            isCbor ? FromCbor(answer) : JsonNode.Parse(answer)!);
    }

    public static JsonObject Json(string stream, params PutRecord[] records) => new()
    {
        ["StreamName"] = stream,
        ["Records"] = new JsonArray([.. records.Select(Json)]),
    };

    private static JsonObject Json(PutRecord record)
    {
        var json = new JsonObject { ["Data"] = Convert.ToBase64String(record.Data), ["PartitionKey"] = record.Key };
        if (record.HashKey is { } hashKey)
        {
            json["ExplicitHashKey"] = hashKey;
        }

        return json;
    }

    /// <param name="stream">Name of the stream.</param>
    /// <param name="records">The records.</param>
    /// <param name="isIndefinite">Maps, lists, bytes and texts whose length is not told, as the Java SDK writes maps.</param>
    public static byte[] Cbor(string stream, PutRecord[] records, bool isIndefinite)
    {
        var writer = new CborWriter(convertIndefiniteLengthEncodings: false);
        writer.WriteStartMap(isIndefinite ? null : 3);
        writer.WriteTextString("Records");
        writer.WriteStartArray(isIndefinite ? null : records.Length);
        foreach (var record in records)
        {
            writer.WriteStartMap(isIndefinite ? null : 3);
            writer.WriteTextString("PartitionKey");
            WriteText(writer, record.Key, isIndefinite);
            writer.WriteTextString("Data");
            WriteBytes(writer, record.Data, isIndefinite);
            writer.WriteTextString("ExplicitHashKey");
            WriteText(writer, record.HashKey, isIndefinite);
            writer.WriteEndMap();
        }

        writer.WriteEndArray();
        writer.WriteTextString("Unknown");
        writer.WriteStartArray(1);
        writer.WriteTag(CborTag.UnixTimeSeconds);
        writer.WriteDouble(1.5);
        writer.WriteEndArray();
        writer.WriteTextString("StreamName");
        WriteText(writer, stream, isIndefinite);
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static void WriteText(CborWriter writer, string? text, bool isIndefinite)
    {
        if (text is null)
        {
            writer.WriteNull();
        }
        else if (!isIndefinite)
        {
            writer.WriteTextString(text);
        }
        else
        {
            // Each chunk has to be whole characters.
            writer.WriteStartIndefiniteLengthTextString();
            foreach (var rune in text.EnumerateRunes())
            {
                writer.WriteTextString(rune.ToString());
            }

            writer.WriteEndIndefiniteLengthTextString();
        }
    }

    private static void WriteBytes(CborWriter writer, byte[] bytes, bool isIndefinite)
    {
        if (!isIndefinite)
        {
            writer.WriteByteString(bytes);
            return;
        }

        writer.WriteStartIndefiniteLengthByteString();
        writer.WriteByteString(bytes.AsSpan(0, bytes.Length / 3));
        writer.WriteByteString(bytes.AsSpan(bytes.Length / 3));
        writer.WriteEndIndefiniteLengthByteString();
    }

    private static JsonNode FromCbor(byte[] bytes)
    {
        var reader = new CborReader(bytes);
        var value = SocketCalls.Decode(reader)!;
        Assert.Equal(0, reader.BytesRemaining);
        return JsonNode.Parse(value.ToJsonString())!; // As the JSON answers come.
    }
}
