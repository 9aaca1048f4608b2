using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStream.html.</summary>
internal static class DescribeStreamOperation
{
    private const int DefaultPage = 100;
    private const int MaxPage = 10_000;

    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var (reference, startAfter, limit) = Read(request);
        var stream = catalog.Get(reference.Resolve(catalog));

        // While a stream is being created its shards cannot be seen yet.
        var info = stream.Info;
        var horizon = info.HorizonMs(catalog.NowMs);
        var page = info.Shards
            .Where(shard => catalog.NowMs >= stream.ActiveFromMs && shard.Index > startAfter && default(ShardFilter).Matches(shard, horizon))
            .Take(limit + 1)
            .ToList();
        answer.StartMap("StreamDescription");
        StreamShape.WriteIdentity(answer, stream, catalog);
        StreamShape.WriteSettings(answer, info);
        answer.StartList("Shards");
        foreach (var shard in page.Take(limit))
        {
            ShardShape.Write(answer, info, shard);
        }

        answer.EndList();
        answer.Flag("HasMoreShards", page.Count > limit);
        answer.EndMap();
        return ValueTask.CompletedTask;
    }

    private static (StreamReference Stream, int StartAfter, int Limit) Read(WireValue request)
    {
        var reference = new StreamReference();
        string? startAfter = null;
        var limit = DefaultPage;
        foreach (var member in request.Members)
        {
            if (member.Is("ExclusiveStartShardId"u8))
            {
                startAfter = member.Value.Text;
            }
            else if (member.Is("Limit"u8))
            {
                limit = member.Value.Int32;
            }
            else
            {
                reference.TryTake(member);
            }
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        constraints.Length("exclusiveStartShardId", startAfter, 1, 128);
        constraints.Range("limit", limit, 1, MaxPage);
        constraints.ThrowIfAny();
        var index = -1;
        return startAfter is null || ShardInfo.TryParse(startAfter, out index)
            ? (reference, index, limit)
            : throw ServiceErrors.InvalidArgument($"ExclusiveStartShardId {startAfter} is not a shard id.");
    }
}
