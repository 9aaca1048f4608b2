using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace DataProcessor.Aws.Kinesis;

/// <summary>A <see cref="RecordPage"/> in JSON, in which some endpoints answer a CBOR request.</summary>
internal static class RecordPageJson
{
    /// <summary>Decodes keys and data into one buffer; neither base64 nor escaped text can grow when decoded.</summary>
    public static RecordPage Decode(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> cursorName)
    {
        var views = new ViewBuffer(answer.Length);
        List<KinesisRecord>? records = null;
        ChildShard[] children = [];
        string? cursor = null;
        long millisBehindLatest = 0;
        var reader = new Utf8JsonReader(answer);
        Expect(ref reader, JsonTokenType.StartObject);
        while (ReadName(ref reader))
        {
            if (reader.ValueTextEquals("Records"u8))
            {
                records = ReadRecords(ref reader, ref views);
            }
            else if (reader.ValueTextEquals(cursorName))
            {
                reader.Read();
                cursor = reader.GetString();
            }
            else if (reader.ValueTextEquals("MillisBehindLatest"u8))
            {
                reader.Read();
                millisBehindLatest = reader.TokenType is JsonTokenType.Null ? 0 : reader.GetInt64();
            }
            else if (reader.ValueTextEquals("ChildShards"u8))
            {
                children = ReadChildren(ref reader);
            }
            else
            {
                SkipValue(ref reader);
            }
        }

        return new RecordPage(
            [.. records ?? throw new FormatException("the answer has no Records")], cursor, millisBehindLatest, children);
    }

    private static ChildShard[] ReadChildren(ref Utf8JsonReader reader)
    {
        reader.Read();
        var children = JsonSerializer.Deserialize(ref reader, WireJson.Default.ChildShardReplyArray) ?? [];
        return [.. children.Select(child => new ChildShard(
            child.ShardId, child.ParentShards ?? [], child.HashKeyRange.StartingHashKey, child.HashKeyRange.EndingHashKey))];
    }

    private static List<KinesisRecord> ReadRecords(ref Utf8JsonReader reader, ref ViewBuffer views)
    {
        var records = new List<KinesisRecord>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType is JsonTokenType.StartObject)
        {
            records.Add(ReadRecord(ref reader, ref views));
        }

        return reader.TokenType is JsonTokenType.EndArray ? records : throw new JsonException("a record is no object");
    }

    private static KinesisRecord ReadRecord(ref Utf8JsonReader reader, ref ViewBuffer views)
    {
        string? sequenceNumber = null;
        var record = default(KinesisRecord);
        while (ReadName(ref reader))
        {
            if (reader.ValueTextEquals("SequenceNumber"u8))
            {
                reader.Read();
                sequenceNumber = reader.GetString();
            }
            else if (reader.ValueTextEquals("PartitionKey"u8))
            {
                reader.Read();
                record = record with { PartitionKey = views.AddText(ref reader) };
            }
            else if (reader.ValueTextEquals("Data"u8))
            {
                reader.Read();
                record = record with { Data = views.AddBase64(ref reader) };
            }
            else if (reader.ValueTextEquals("ApproximateArrivalTimestamp"u8))
            {
                reader.Read();
                record = record with { ArrivalTime = EpochSeconds.ToTime(reader.GetDouble()) };
            }
            else
            {
                SkipValue(ref reader);
            }
        }

        return record with { SequenceNumber = sequenceNumber ?? throw new FormatException("a record has no SequenceNumber") };
    }

    private static bool ReadName(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType is JsonTokenType.PropertyName;

    private static void SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException($"expected {type}, found {reader.TokenType}");
        }
    }

    /// <summary>The buffer that a page's views lie in, filled from the front.</summary>
    private struct ViewBuffer(int capacity)
    {
        private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(capacity);
        private int _length;

        public ReadOnlyMemory<byte> AddText(ref Utf8JsonReader reader) =>
            Take(reader.CopyString(_buffer.AsSpan(_length)));

        public ReadOnlyMemory<byte> AddBase64(ref Utf8JsonReader reader)
        {
            // Base64 may contain escapes too ("\/"), so it is unescaped first and then decoded where it lies.
            var textLength = reader.CopyString(_buffer.AsSpan(_length));
            return Base64.DecodeFromUtf8InPlace(_buffer.AsSpan(_length, textLength), out var written) is OperationStatus.Done
                ? Take(written)
                : throw new FormatException("a record's Data is no base64");
        }

        private ReadOnlyMemory<byte> Take(int length)
        {
            ReadOnlyMemory<byte> view = _buffer.AsMemory(_length, length);
            _length += length;
            return view;
        }
    }
}
