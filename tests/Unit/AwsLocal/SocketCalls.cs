using System.Formats.Cbor;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

/// <summary>Calls over a real connection, in either encoding.</summary>
internal static class SocketCalls
{
    public static async Task<JsonObject> JsonAsync(HttpClient client, string operation, object body, Version? version = null)
    {
        using var response = await SendAsync(
            client, operation, "application/x-amz-json-1.1", JsonSerializer.SerializeToUtf8Bytes(body), version);
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return answer.Length == 0 ? [] : JsonNode.Parse(answer)!.AsObject();
    }

    /// <summary>The same call in CBOR, its answer turned into what JSON would say.</summary>
    public static async Task<JsonObject> CborAsync(HttpClient client, string operation, object body)
    {
        using var response = await SendAsync(
            client, operation, "application/x-amz-cbor-1.1", Encode(JsonSerializer.SerializeToNode(body)), null);
        Assert.Equal("application/x-amz-cbor-1.1", response.Content.Headers.ContentType!.MediaType);
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return answer.Length == 0 ? [] : Decode(new CborReader(answer, CborConformanceMode.Lax))!.AsObject();
    }

    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, string operation, string contentType, byte[] body, Version? version,
        HttpCompletionOption until = HttpCompletionOption.ResponseContentRead)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Version = version ?? HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } },
        };
        request.Headers.Add("X-Amz-Target", "Kinesis_20131202." + operation);
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=a/b");
        return await client.SendAsync(request, until, TestContext.Current.CancellationToken);
    }

    public static byte[] Encode(JsonNode? node)
    {
        var writer = new CborWriter(CborConformanceMode.Lax);
        Write(writer, node, "");
        return writer.Encode();
    }

    private static void Write(CborWriter writer, JsonNode? node, string name)
    {
        switch (node)
        {
            case JsonObject map:
                writer.WriteStartMap(map.Count);
                foreach (var (key, value) in map)
                {
                    writer.WriteTextString(key);
                    Write(writer, value, key);
                }

                writer.WriteEndMap();
                break;
            case JsonArray list:
                writer.WriteStartArray(list.Count);
                foreach (var item in list)
                {
                    Write(writer, item, "");
                }

                writer.WriteEndArray();
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String && name == "Data":
                writer.WriteByteString(Convert.FromBase64String((string)value!));
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number && name.EndsWith("Timestamp", StringComparison.Ordinal):
                writer.WriteTag(CborTag.UnixTimeSeconds);
                writer.WriteInt64((long)((decimal)value * 1000));
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                writer.WriteInt64((long)value);
                break;
            case JsonValue value:
                writer.WriteTextString((string)value!);
                break;
            default:
                writer.WriteNull();
                break;
        }
    }

    public static JsonNode? Decode(CborReader reader)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.StartMap:
                var map = new JsonObject();
                reader.ReadStartMap();
                while (reader.PeekState() != CborReaderState.EndMap)
                {
                    map.Add(reader.ReadTextString(), Decode(reader));
                }

                reader.ReadEndMap();
                return map;
            case CborReaderState.StartArray:
                var list = new JsonArray();
                reader.ReadStartArray();
                while (reader.PeekState() != CborReaderState.EndArray)
                {
                    list.Add(Decode(reader));
                }

                reader.ReadEndArray();
                return list;
            case CborReaderState.Tag:
                Assert.Equal(CborTag.UnixTimeSeconds, reader.ReadTag());
                return JsonValue.Create(reader.ReadInt64() / 1000m);
            case CborReaderState.ByteString:
                return JsonValue.Create(Convert.ToBase64String(reader.ReadByteString()));
            case CborReaderState.Boolean:
                return JsonValue.Create(reader.ReadBoolean());
            case CborReaderState.TextString:
                return JsonValue.Create(reader.ReadTextString());
            default:
                return JsonValue.Create(reader.ReadInt64());
        }
    }
}
