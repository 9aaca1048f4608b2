using System.Buffers;
using System.Buffers.Text;
using DataProcessor.Aws.Cbor;

namespace DataProcessor.Aws.Kinesis;

/// <summary>A <see cref="RecordPage"/> in CBOR.</summary>
internal static class RecordPageCbor
{
    /// <param name="answer">The records will be views over it.</param>
    public static RecordPage Decode(Memory<byte> answer, ReadOnlySpan<byte> cursorName)
    {
        KinesisRecord[]? records = null;
        ChildShard[] children = [];
        string? cursor = null;
        long millisBehindLatest = 0;
        var reader = new CborReader(answer.Span);
        for (var pairs = reader.ReadMap(); reader.MoveNext(ref pairs);)
        {
            var key = reader.ReadText();
            if (key.SequenceEqual("Records"u8))
            {
                records = ReadRecords(ref reader, answer);
            }
            else if (key.SequenceEqual(cursorName))
            {
                cursor = reader.ReadNullableText();
            }
            else if (key.SequenceEqual("MillisBehindLatest"u8))
            {
                millisBehindLatest = reader.TryReadNull() ? 0 : reader.ReadInt64();
            }
            else if (key.SequenceEqual("ChildShards"u8))
            {
                children = reader.TryReadNull() ? [] : ChildShardsCbor.Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.EnsureEnd();
        return new RecordPage(
            records ?? throw new FormatException("the answer has no Records"), cursor, millisBehindLatest, children);
    }

    private static KinesisRecord[] ReadRecords(ref CborReader reader, Memory<byte> answer)
    {
        var items = reader.ReadArray();
        var records = new KinesisRecord[items.CapacityHint(KinesisClient.MaxGetRecordsLimit)];
        var count = 0;
        var bytes = reader.Remaining;
        while (reader.MoveNext(ref items))
        {
            if (count == records.Length)
            {
                Array.Resize(ref records, count + RoomForMore(count, bytes - reader.Remaining, reader.Remaining));
            }

            records[count++] = ReadRecord(ref reader, answer);
        }

        Array.Resize(ref records, count);
        return records;
    }

    /// <summary>
    /// How many records may follow if they are as long as those before: the service does not say how many there are, and
    /// doubling allocates half as much again (CborDecodeBenchmark).
    /// </summary>
    private static int RoomForMore(int count, int readBytes, int leftBytes) =>
        (int)Math.Clamp((long)leftBytes * count / Math.Max(readBytes, 1), 16, KinesisClient.MaxGetRecordsLimit);

    private static KinesisRecord ReadRecord(ref CborReader reader, Memory<byte> answer)
    {
        string? sequenceNumber = null;
        ReadOnlyMemory<byte> partitionKey = default, data = default;
        DateTimeOffset arrivalTime = default;
        for (var pairs = reader.ReadMap(); reader.MoveNext(ref pairs);)
        {
            var key = reader.ReadText();
            if (key.SequenceEqual("SequenceNumber"u8))
            {
                sequenceNumber = reader.ReadTextAsString();
            }
            else if (key.SequenceEqual("PartitionKey"u8))
            {
                partitionKey = answer[reader.ReadTextRange()];
            }
            else if (key.SequenceEqual("Data"u8))
            {
                data = ReadData(ref reader, answer);
            }
            else if (key.SequenceEqual("ApproximateArrivalTimestamp"u8))
            {
                arrivalTime = reader.ReadTimestamp();
            }
            else
            {
                reader.Skip();
            }
        }

        return sequenceNumber is not null
            ? new(sequenceNumber, partitionKey, data, arrivalTime)
            : throw new FormatException("a record has no SequenceNumber");
    }

    /// <summary>A byte string; or text in base64, as kinesis-local answers, which is decoded where it lies.</summary>
    private static Memory<byte> ReadData(ref CborReader reader, Memory<byte> answer)
    {
        if (reader.Peek() is CborKind.ByteString)
        {
            return answer[reader.ReadBytesRange()];
        }

        var text = answer[reader.ReadTextRange()];
        return Base64.DecodeFromUtf8InPlace(text.Span, out var written) is OperationStatus.Done
            ? text[..written]
            : throw new FormatException("a record's Data is no base64");
    }
}
