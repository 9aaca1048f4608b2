using System.Text.Json;

namespace DataProcessor.Gateway.Reading;

/// <summary>The properties of a record's JSON object; of a property given twice the last one counts.</summary>
internal ref struct RecordFields
{
    public JsonText Data;
    public JsonText Encoding;
    public JsonText PartitionKey;
    public JsonText ExplicitHashKey;

    /// <summary>The key field of the data if that is an object, else the one beside the data.</summary>
    public readonly JsonText KeyField => Data.Kind == JsonTokenType.StartObject ? _keyInData : _keyBesideData;

    private JsonText _keyInData;
    private JsonText _keyBesideData;

    /// <summary>Reads the object that the reader, which reads <paramref name="json"/>, stands on.</summary>
    /// <param name="reader">Stands on the object's end afterwards.</param>
    /// <param name="json">The text.</param>
    /// <param name="keyField">Name of the field that holds the key; empty when none does.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static RecordFields Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ReadOnlySpan<byte> keyField)
    {
        var fields = default(RecordFields);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = JsonText.NameAt(ref reader, json);
            reader.Read();
            if (name.Is("data"u8))
            {
                fields.ReadData(ref reader, json, keyField);
                continue;
            }

            var value = JsonText.Read(ref reader, json);
            if (name.Is("partitionKey"u8))
            {
                fields.PartitionKey = value;
            }
            else if (name.Is("explicitHashKey"u8))
            {
                fields.ExplicitHashKey = value;
            }
            else if (name.Is("encoding"u8))
            {
                fields.Encoding = value;
            }

            if (!keyField.IsEmpty && name.Is(keyField))
            {
                fields._keyBesideData = value;
            }
        }

        return fields;
    }

    private void ReadData(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ReadOnlySpan<byte> keyField)
    {
        if (keyField.IsEmpty || reader.TokenType != JsonTokenType.StartObject)
        {
            Data = JsonText.Read(ref reader, json);
            return;
        }

        var start = (int)reader.TokenStartIndex;
        _keyInData = default;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = JsonText.NameAt(ref reader, json);
            reader.Read();
            var value = JsonText.Read(ref reader, json);
            if (name.Is(keyField))
            {
                _keyInData = value;
            }
        }

        Data = JsonText.ObjectFrom(start, reader, json);
    }
}
