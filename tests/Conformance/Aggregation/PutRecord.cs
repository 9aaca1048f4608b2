using System.Text;
using System.Text.Json.Nodes;
using DataProcessor.Grains.Aggregation;

namespace DataProcessor.Conformance.Aggregation;

/// <summary>A user record, for both sides.</summary>
internal sealed record PutRecord(string PartitionKey, HashKey? ExplicitHashKey, byte[] Data)
{
    /// <summary>What survives an aggregate.</summary>
    public string Shown => $"{PartitionKey} {Convert.ToHexString(Data)}";

    public byte[] ToFrame()
    {
        var key = Encoding.UTF8.GetBytes(PartitionKey);
        var frame = new byte[RecordFrame.SizeOf(key.Length, Data.Length)];
        RecordFrame.Write(
            frame, ExplicitHashKey ?? HashKey.FromPartitionKey(PartitionKey), ExplicitHashKey is not null, isKeyless: false, key, Data);
        return frame;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["partitionKey"] = PartitionKey, ["data"] = Convert.ToBase64String(Data) };
        if (ExplicitHashKey is { } hashKey)
        {
            json["explicitHashKey"] = hashKey.ToString();
        }

        return json;
    }

    public static PutRecord From(UserRecordSlot slot) =>
        new(Encoding.UTF8.GetString(slot.PartitionKey.Span), null, slot.Data.ToArray());
}
