namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamConsumer.html.</summary>
internal static class DescribeStreamConsumerOperation
{
    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var reference = new ConsumerReference();
        foreach (var member in request.Members)
        {
            reference.TryTake(member);
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        constraints.ThrowIfAny();

        var catalog = context.Catalog;
        var (stream, consumer) = reference.Resolve(catalog);
        var streamArn = catalog.ArnOf(stream.Info.Name);
        answer.StartMap("ConsumerDescription");
        ConsumerShape.WriteMembers(answer, consumer, streamArn, consumer.Status(catalog.NowMs));
        answer.Text("StreamARN", streamArn);
        answer.EndMap();
        return ValueTask.CompletedTask;
    }
}
