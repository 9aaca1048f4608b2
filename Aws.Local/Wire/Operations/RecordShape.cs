using System.Text;
using DataProcessor.Aws.Local.Storage;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Record.html.</summary>
internal static class RecordShape
{
    public static void WriteAll(WireWriter answer, ReadBatch batch, long streamCreationMs, int shardIndex)
    {
        Span<char> sequenceNumber = stackalloc char[SequenceNumber.Length];
        Span<char> partitionKey = stackalloc char[256];
        answer.StartList("Records");
        foreach (var record in batch.Records)
        {
            new SequenceNumber(streamCreationMs, record.ArrivalMs, record.Counter, shardIndex).Format(sequenceNumber);
            answer.StartMap();
            answer.Text("SequenceNumber", sequenceNumber);
            answer.Timestamp("ApproximateArrivalTimestamp", record.ArrivalMs);
            answer.Blob("Data", record.Data.Span);
            answer.Text("PartitionKey", partitionKey[..Encoding.UTF8.GetChars(record.Key.Span, partitionKey)]);
            answer.Text("EncryptionType", "NONE");
            answer.EndMap();
        }

        answer.EndList();
    }
}
