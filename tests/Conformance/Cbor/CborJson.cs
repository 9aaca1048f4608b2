using System.Text.Json.Nodes;

namespace DataProcessor.Conformance.Cbor;

/// <summary>CBOR's types that JSON lacks, as node/cbor.mjs writes them.</summary>
internal static class CborJson
{
    public static JsonObject Bytes(ReadOnlySpan<byte> bytes) => new() { ["$bytes"] = Convert.ToBase64String(bytes) };

    public static JsonObject Time(DateTimeOffset time) => new() { ["$time"] = time.ToUnixTimeMilliseconds() };

    public static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode> toJson) => new([.. items.Select(toJson)]);
}
