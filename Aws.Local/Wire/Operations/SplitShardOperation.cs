using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html.</summary>
internal static class SplitShardOperation
{
    public static async ValueTask HandleAsync(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var (stream, shardId, key) = Read(request, catalog);
        await catalog.ReshardAsync(stream, info =>
        {
            var steps = ReshardPlans.Split(info, shardId, key, catalog.AccountId);
            catalog.CheckShardLimit(1);
            return info with { Pending = new PendingReshard(catalog.ReshardDueMs, steps) };
        });
        context.Counters.OnSplits(1);
    }

    private static (KinesisStream Stream, string ShardId, UInt128 Key) Read(WireValue request, StreamCatalog catalog)
    {
        var reference = new StreamReference();
        string? shardId = null, key = null;
        foreach (var member in request.Members)
        {
            if (member.Is("ShardToSplit"u8))
            {
                shardId = member.Value.Text;
            }
            else if (member.Is("NewStartingHashKey"u8))
            {
                key = member.Value.Text;
            }
            else
            {
                reference.TryTake(member);
            }
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        ShardShape.CheckId(constraints, "shardToSplit", shardId);
        constraints.Require("newStartingHashKey", key is not null);
        constraints.Pattern("newStartingHashKey", key, RecordRouting.IsHashKey(key), RecordRouting.HashKeyPattern);
        constraints.ThrowIfAny();
        return RecordRouting.TryParse(key, out var hash)
            ? (catalog.Get(reference.Resolve(catalog)), shardId!, hash)
            : throw ServiceErrors.InvalidArgument(
                $"Invalid NewStartingHashKey. NewStartingHashKey must be in the range: [0, 2^128-1]. Specified value was {key}");
    }
}
