using System.Text.Json;
using DataProcessor.Aws.Cbor;
using DataProcessor.Aws.Transport;

namespace DataProcessor.Aws.Kinesis;

/// <summary>PutRecords' request in CBOR and its answer in CBOR or JSON.</summary>
internal static class PutRecordsCodec
{
    // Names and heads around a record's own bytes come to 45 at the most, those around all records to 25.
    private const int RecordFraming = 64;
    private const int RequestFraming = 64;
    private const int MaxUtf8BytesPerChar = 3;

    /// <summary>Into a buffer taken large enough at once, because growing would copy megabytes.</summary>
    public static RequestBody Encode(string streamName, ReadOnlySpan<PutRecordsEntry> records)
    {
        var capacity = RequestFraming + (streamName.Length * MaxUtf8BytesPerChar);
        foreach (ref readonly var record in records)
        {
            var keyLength = record.PartitionKey.Length + (record.ExplicitHashKey?.Length ?? 0);
            capacity += RecordFraming + record.Data.Length + (keyLength * MaxUtf8BytesPerChar);
        }

        var writer = new CborWriter(capacity);
        try
        {
            writer.WriteMap(2);
            writer.WriteText("StreamName"u8);
            writer.WriteText(streamName);
            writer.WriteText("Records"u8);
            writer.WriteArray(records.Length);
            foreach (ref readonly var record in records)
            {
                WriteRecord(ref writer, record);
            }

            return writer.Detach();
        }
        finally
        {
            writer.Dispose();
        }
    }

    public static PutRecordsResultEntry[] Decode(Span<byte> answer, ShardIds shardIds)
    {
        if (WireFormat.IsJson(answer))
        {
            return JsonSerializer.Deserialize(answer, WireJson.Default.PutRecordsReply)?.Records
                ?? throw new FormatException("the answer has no Records");
        }

        PutRecordsResultEntry[]? results = null;
        var reader = new CborReader(answer);
        for (var pairs = reader.ReadMap(); reader.MoveNext(ref pairs);)
        {
            if (reader.ReadText().SequenceEqual("Records"u8))
            {
                results = ReadResults(ref reader, shardIds);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.EnsureEnd();
        return results ?? throw new FormatException("the answer has no Records");
    }

    private static void WriteRecord(ref CborWriter writer, in PutRecordsEntry record)
    {
        writer.WriteMap(record.ExplicitHashKey is null ? 2 : 3);
        writer.WriteText("Data"u8);
        writer.WriteBytes(record.Data.Span);
        writer.WriteText("PartitionKey"u8);
        writer.WriteText(record.PartitionKey);
        if (record.ExplicitHashKey is { } hashKey)
        {
            writer.WriteText("ExplicitHashKey"u8);
            writer.WriteText(hashKey);
        }
    }

    private static PutRecordsResultEntry[] ReadResults(ref CborReader reader, ShardIds shardIds)
    {
        var items = reader.ReadArray();
        var results = new PutRecordsResultEntry[items.CapacityHint(KinesisClient.MaxPutRecordsEntries)];
        var count = 0;
        while (reader.MoveNext(ref items))
        {
            if (count == results.Length)
            {
                Array.Resize(ref results, Math.Max(16, count * 2));
            }

            results[count++] = ReadResult(ref reader, shardIds);
        }

        Array.Resize(ref results, count);
        return results;
    }

    private static PutRecordsResultEntry ReadResult(ref CborReader reader, ShardIds shardIds)
    {
        var result = default(PutRecordsResultEntry);
        for (var pairs = reader.ReadMap(); reader.MoveNext(ref pairs);)
        {
            var key = reader.ReadText();
            if (key.SequenceEqual("SequenceNumber"u8))
            {
                result = result with { SequenceNumber = reader.ReadNullableText() };
            }
            else if (key.SequenceEqual("ShardId"u8))
            {
                result = result with { ShardId = reader.TryReadNull() ? null : shardIds.Get(reader.ReadText()) };
            }
            else if (key.SequenceEqual("ErrorCode"u8))
            {
                result = result with { ErrorCode = reader.ReadNullableText() };
            }
            else if (key.SequenceEqual("ErrorMessage"u8))
            {
                result = result with { ErrorMessage = reader.ReadNullableText() };
            }
            else
            {
                reader.Skip();
            }
        }

        return result;
    }
}
