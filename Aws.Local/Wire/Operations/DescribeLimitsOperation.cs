namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeLimits.html; there are no on-demand streams here.</summary>
internal static class DescribeLimitsOperation
{
    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        answer.Integer("ShardLimit", context.Catalog.Options.ShardLimit);
        answer.Integer("OpenShardCount", context.Catalog.OpenShardCount);
        answer.Integer("OnDemandStreamCount", 0);
        answer.Integer("OnDemandStreamCountLimit", 0);
        return ValueTask.CompletedTask;
    }
}
