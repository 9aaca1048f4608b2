using System.Text.Json;
using DataProcessor.Aws.Cbor;
using DataProcessor.Aws.Transport;

namespace DataProcessor.Aws.Kinesis;

/// <summary>PutRecord's request in CBOR and its answer in CBOR or JSON.</summary>
internal static class PutRecordCodec
{
    // Heads, and the names of all five fields.
    private const int RequestFraming = 128;
    private const int MaxUtf8BytesPerChar = 3;

    public static RequestBody Encode(string streamName, in PutRecordsEntry record, string? sequenceNumberForOrdering)
    {
        var textLength = streamName.Length + record.PartitionKey.Length
            + (record.ExplicitHashKey?.Length ?? 0) + (sequenceNumberForOrdering?.Length ?? 0);
        var writer = new CborWriter(RequestFraming + record.Data.Length + (textLength * MaxUtf8BytesPerChar));
        try
        {
            writer.WriteMap(3 + (record.ExplicitHashKey is null ? 0 : 1) + (sequenceNumberForOrdering is null ? 0 : 1));
            writer.WriteText("StreamName"u8);
            writer.WriteText(streamName);
            writer.WriteText("Data"u8);
            writer.WriteBytes(record.Data.Span);
            writer.WriteText("PartitionKey"u8);
            writer.WriteText(record.PartitionKey);
            if (record.ExplicitHashKey is { } hashKey)
            {
                writer.WriteText("ExplicitHashKey"u8);
                writer.WriteText(hashKey);
            }

            if (sequenceNumberForOrdering is not null)
            {
                writer.WriteText("SequenceNumberForOrdering"u8);
                writer.WriteText(sequenceNumberForOrdering);
            }

            return writer.Detach();
        }
        finally
        {
            writer.Dispose();
        }
    }

    public static PutRecordResult Decode(Span<byte> answer, ShardIds shardIds)
    {
        if (WireFormat.IsJson(answer))
        {
            return JsonSerializer.Deserialize(answer, WireJson.Default.PutRecordReply) is { } reply
                ? new PutRecordResult(reply.ShardId, reply.SequenceNumber)
                : throw new FormatException("the answer is null");
        }

        (string? shardId, string? sequenceNumber) = (null, null);
        var reader = new CborReader(answer);
        for (var pairs = reader.ReadMap(); reader.MoveNext(ref pairs);)
        {
            var key = reader.ReadText();
            if (key.SequenceEqual("ShardId"u8))
            {
                shardId = shardIds.Get(reader.ReadText());
            }
            else if (key.SequenceEqual("SequenceNumber"u8))
            {
                sequenceNumber = reader.ReadTextAsString();
            }
            else
            {
                reader.Skip();
            }
        }

        reader.EnsureEnd();
        return shardId is not null && sequenceNumber is not null
            ? new PutRecordResult(shardId, sequenceNumber)
            : throw new FormatException("the answer has no ShardId or no SequenceNumber");
    }
}
