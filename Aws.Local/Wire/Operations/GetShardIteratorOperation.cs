using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html.</summary>
internal static class GetShardIteratorOperation
{
    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var (reference, shardId, start) = Read(request);
        var stream = catalog.GetActive(reference.Resolve(catalog));
        var now = catalog.NowMs;
        var shard = stream.FindShard(shardId, now) ?? throw ServiceErrors.ShardNotFound(shardId, stream.Info.Name, catalog.AccountId);
        if (!shard.TryGetIterator())
        {
            context.Counters.OnCallThrottled();
            throw ServiceErrors.RateExceeded(shardId, stream.Info.Name, catalog.AccountId);
        }

        var counter = start.Locate(stream.Info, shard, now, catalog.AccountId, "GetShardIterator");
        var token = new ShardIteratorToken(stream.Info.Name, stream.Info.CreationMs, shard.Info.Index, counter, now);
        answer.Text("ShardIterator", token.ToString());
        return ValueTask.CompletedTask;
    }

    private static (StreamReference Stream, string ShardId, StartingPosition Start) Read(WireValue request)
    {
        var reference = new StreamReference();
        string? shardId = null, type = null, sequenceNumber = null;
        long? timestamp = null;
        foreach (var member in request.Members)
        {
            if (member.Is("ShardId"u8))
            {
                shardId = member.Value.Text;
            }
            else if (member.Is("ShardIteratorType"u8))
            {
                type = member.Value.Text;
            }
            else if (member.Is("StartingSequenceNumber"u8))
            {
                sequenceNumber = member.Value.Text;
            }
            else if (member.Is("Timestamp"u8))
            {
                timestamp = member.Value.Timestamp;
            }
            else
            {
                reference.TryTake(member);
            }
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        ShardShape.CheckId(constraints, "shardId", shardId);
        constraints.Require("shardIteratorType", type is not null);
        constraints.OneOf("shardIteratorType", type, StartingPosition.Types);
        constraints.ThrowIfAny();
        return (reference, shardId!, new StartingPosition(type!, sequenceNumber, timestamp));
    }
}
