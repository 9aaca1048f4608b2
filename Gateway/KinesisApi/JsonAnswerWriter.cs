using System.Text.Json;

namespace DataProcessor.Gateway.KinesisApi;

internal readonly struct JsonAnswerWriter(Utf8JsonWriter json) : IAnswerWriter
{
    public void StartMap(int members) => json.WriteStartObject();

    public void EndMap() => json.WriteEndObject();

    public void StartList(ReadOnlySpan<byte> name, int items) => json.WriteStartArray(name);

    public void EndList() => json.WriteEndArray();

    public void Text(ReadOnlySpan<byte> name, string value) => json.WriteString(name, value);

    public void Number(ReadOnlySpan<byte> name, int value) => json.WriteNumber(name, value);
}
