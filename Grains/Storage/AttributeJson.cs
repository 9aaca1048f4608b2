using System.Buffers;
using System.Text.Json;

namespace DataProcessor.Grains.Storage;

/// <summary>
/// Attributes in DynamoDB's own JSON, <c>{"leaseCounter":{"N":"7"}}</c>, so that a stored item reads as in AWS' tools.
/// </summary>
internal static class AttributeJson
{
    public static ArrayBufferWriter<byte> Write(IReadOnlyDictionary<string, AttributeValue> attributes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        foreach (var (name, value) in attributes)
        {
            json.WriteStartObject(name);
            if (value.Type == AttributeType.SS)
            {
                json.WriteStartArray(nameof(AttributeType.SS));
                foreach (var element in value.Elements)
                {
                    json.WriteStringValue(element);
                }

                json.WriteEndArray();
            }
            else
            {
                json.WriteString(value.Type.ToString(), value.Text);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer;
    }

    /// <exception cref="StoreException">The text is not what <see cref="Write"/> writes.</exception>
    public static Dictionary<string, AttributeValue> Read(string key, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.EnumerateObject()
                .ToDictionary(attribute => attribute.Name, attribute => ReadValue(attribute.Value));
        }
        catch (Exception exception) when (exception
            is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new StoreException($"Item '{key}' is damaged: {exception.Message}", exception);
        }
    }

    private static AttributeValue ReadValue(JsonElement typed)
    {
        var property = typed.EnumerateObject().Single();
        var value = property.Value;
        return property.Name switch
        {
            nameof(AttributeType.S) => AttributeValue.String(value.GetString()!),
            nameof(AttributeType.N) => AttributeValue.Number(value.GetString()!),
            nameof(AttributeType.B) => AttributeValue.Binary(value.GetBytesFromBase64()),
            nameof(AttributeType.SS) => AttributeValue.Set(value.EnumerateArray().Select(element => element.GetString()!)),
            _ => throw new FormatException($"unknown attribute type {property.Name}"),
        };
    }
}
