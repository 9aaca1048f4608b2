using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html.</summary>
internal static class MergeShardsOperation
{
    public static async ValueTask HandleAsync(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var (stream, shardId, adjacentId) = Read(request, catalog);
        await catalog.ReshardAsync(stream, info => info with
        {
            Pending = new PendingReshard(catalog.ReshardDueMs, ReshardPlans.Merge(info, shardId, adjacentId, catalog.AccountId)),
        });
        context.Counters.OnMerges(1);
    }

    private static (KinesisStream Stream, string ShardId, string AdjacentId) Read(WireValue request, StreamCatalog catalog)
    {
        var reference = new StreamReference();
        string? shardId = null, adjacentId = null;
        foreach (var member in request.Members)
        {
            if (member.Is("ShardToMerge"u8))
            {
                shardId = member.Value.Text;
            }
            else if (member.Is("AdjacentShardToMerge"u8))
            {
                adjacentId = member.Value.Text;
            }
            else
            {
                reference.TryTake(member);
            }
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        ShardShape.CheckId(constraints, "shardToMerge", shardId);
        ShardShape.CheckId(constraints, "adjacentShardToMerge", adjacentId);
        constraints.ThrowIfAny();
        return (catalog.Get(reference.Resolve(catalog)), shardId!, adjacentId!);
    }
}
