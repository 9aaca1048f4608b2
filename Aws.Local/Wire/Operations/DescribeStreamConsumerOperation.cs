namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamConsumer.html.</summary>
internal static class DescribeStreamConsumerOperation
{
    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var (stream, consumer) = ConsumerReference.Read(request).Resolve(catalog);
        var streamArn = catalog.ArnOf(stream.Info.Name);
        answer.StartMap("ConsumerDescription");
        ConsumerShape.WriteMembers(answer, consumer, streamArn, consumer.Status(catalog.NowMs));
        answer.Text("StreamARN", streamArn);
        answer.EndMap();
        return ValueTask.CompletedTask;
    }
}
