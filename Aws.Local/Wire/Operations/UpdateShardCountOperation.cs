using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html.</summary>
internal static class UpdateShardCountOperation
{
    public static async ValueTask HandleAsync(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var (stream, target) = Read(request, catalog);
        var current = 0;
        var planned = await catalog.ReshardAsync(stream, info =>
        {
            current = info.OpenShardCount;
            var steps = ReshardPlans.Update(info, target);
            catalog.CheckShardLimit(target - current);
            var counted = ReshardPlans.CountUpdate(info, catalog.NowMs, catalog.Options.EnforceLimits);
            return counted with { Pending = new PendingReshard(catalog.ReshardDueMs, steps) };
        });

        var splits = planned.Pending!.Steps.Count(step => step.SplitAt is not null);
        context.Counters.OnSplits(splits);
        context.Counters.OnMerges(planned.Pending.Steps.Count - splits);
        answer.Text("StreamName", stream.Info.Name);
        answer.Integer("CurrentShardCount", current);
        answer.Integer("TargetShardCount", target);
        answer.Text("StreamARN", catalog.ArnOf(stream.Info.Name));
    }

    private static (KinesisStream Stream, int Target) Read(WireValue request, StreamCatalog catalog)
    {
        var reference = new StreamReference();
        int? target = null;
        string? type = null;
        foreach (var member in request.Members)
        {
            if (member.Is("TargetShardCount"u8))
            {
                target = member.Value.Int32;
            }
            else if (member.Is("ScalingType"u8))
            {
                type = member.Value.Text;
            }
            else
            {
                reference.TryTake(member);
            }
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        constraints.Require("targetShardCount", target is not null);
        constraints.Range("targetShardCount", target, 1, CreateStreamOperation.MaxShards);
        constraints.Require("scalingType", type is not null);
        constraints.OneOf("scalingType", type, ["UNIFORM_SCALING"]);
        constraints.ThrowIfAny();
        return (catalog.Get(reference.Resolve(catalog)), target!.Value);
    }
}
