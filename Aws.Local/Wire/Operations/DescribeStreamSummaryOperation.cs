namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html.</summary>
internal static class DescribeStreamSummaryOperation
{
    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var reference = new StreamReference();
        foreach (var member in request.Members)
        {
            reference.TryTake(member);
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        constraints.ThrowIfAny();

        var catalog = context.Catalog;
        var stream = catalog.Get(reference.Resolve(catalog));
        answer.StartMap("StreamDescriptionSummary");
        StreamShape.WriteIdentity(answer, stream, catalog);
        StreamShape.WriteSettings(answer, stream.Info);
        answer.Integer("OpenShardCount", stream.Info.OpenShardCount);
        answer.Integer("ConsumerCount", stream.Info.Consumers.Count);
        answer.Integer("MaxRecordSizeInKiB", stream.Info.MaxRecordSizeInKiB);
        answer.EndMap();
        return ValueTask.CompletedTask;
    }
}
