using System.Text.Encodings.Web;
using System.Text.Json;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>JSON 1.1 answers.</summary>
internal sealed class JsonWireWriter : WireWriter
{
    private readonly PooledBufferWriter _output = new();
    private readonly Utf8JsonWriter _json;

    // The bytes go to an SDK, never into a page: no need to escape + and <.
    public JsonWireWriter() => _json = new Utf8JsonWriter(
        _output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    public override WireEncoding Encoding => WireEncoding.Json;

    public override void StartMap(string? name = null)
    {
        Name(name);
        _json.WriteStartObject();
    }

    public override void EndMap() => _json.WriteEndObject();

    public override void StartList(string name)
    {
        Name(name);
        _json.WriteStartArray();
    }

    public override void EndList() => _json.WriteEndArray();

    public override void Text(string? name, ReadOnlySpan<char> value)
    {
        Name(name);
        _json.WriteStringValue(value);
    }

    public override void Integer(string name, long value) => _json.WriteNumber(name, value);

    public override void Flag(string name, bool value) => _json.WriteBoolean(name, value);

    public override void Blob(string name, ReadOnlySpan<byte> value) => _json.WriteBase64String(name, value);

    public override void Timestamp(string name, long epochMs) => _json.WriteNumber(name, epochMs / 1000m);

    public override (byte[] Buffer, int Length) Finish()
    {
        _json.Flush();
        return _output.Detach();
    }

    public override void Dispose()
    {
        _json.Dispose();
        _output.Dispose();
    }

    private void Name(string? name)
    {
        if (name is not null)
        {
            _json.WritePropertyName(name);
        }
    }
}
