using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Consumer.html.</summary>
internal static class ConsumerShape
{
    public static void WriteMembers(WireWriter answer, ConsumerInfo consumer, string streamArn, string status)
    {
        answer.Text("ConsumerName", consumer.Name);
        answer.Text("ConsumerARN", consumer.ArnIn(streamArn));
        answer.Text("ConsumerStatus", status);
        answer.Timestamp("ConsumerCreationTimestamp", consumer.CreatedMs);
    }
}
