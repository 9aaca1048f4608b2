using DataProcessor.Aws.Local.Storage;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>
/// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html: whatever there is, at once, up to the limit
/// and to 10 MiB.
/// </summary>
internal static class GetRecordsOperation
{
    private const int MaxRecords = 10_000;
    private const long MaxBytes = 10 * 1024 * 1024;

    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var now = catalog.NowMs;
        var (reference, iterator, limit) = Read(request);
        var token = ShardIteratorToken.Parse(iterator, now);
        if (reference.IsGiven && reference.Resolve(catalog) != token.Stream)
        {
            throw ServiceErrors.InvalidArgument($"StreamARN {reference.Arn} is not the stream of the ShardIterator, {token.Stream}.");
        }

        var stream = catalog.GetActive(token.Stream);
        if (stream.Info.CreationMs != token.CreationMs)
        {
            throw new ServiceException(
                "ResourceNotFoundException", $"The ShardIterator is from an earlier stream {token.Stream} that was deleted.");
        }

        var shard = stream.FindShard(token.ShardIndex, now)
            ?? throw ServiceErrors.ShardNotFound(ShardInfo.NameOf(token.ShardIndex), token.Stream, catalog.AccountId);
        var info = shard.Info; // Before the read: whether it was closed, and so complete, when it was read.
        using var batch = shard.TryRead(token.Counter, limit, MaxBytes, stream.Info.OldestVisibleMs(now), now);
        if (batch is null)
        {
            context.Counters.OnCallThrottled();
            throw ServiceErrors.RateExceeded(shard.Info.Id, stream.Info.Name, catalog.AccountId);
        }

        context.Counters.OnRead(batch.Records.Count, batch.Bytes);
        Write(answer, batch, stream.Info, info, now);
        return ValueTask.CompletedTask;
    }

    private static (StreamReference Stream, string Iterator, int Limit) Read(WireValue request)
    {
        var reference = new StreamReference();
        string? iterator = null;
        var limit = MaxRecords;
        foreach (var member in request.Members)
        {
            if (member.Is("ShardIterator"u8))
            {
                iterator = member.Value.Text;
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
        reference.Check(constraints, isRequired: false);
        constraints.Require("shardIterator", iterator is not null);
        constraints.Length("shardIterator", iterator, 1, 512);
        constraints.Range("limit", limit, 1, MaxRecords);
        constraints.ThrowIfAny();
        return (reference, iterator!, limit);
    }

    private static void Write(WireWriter answer, ReadBatch batch, StreamInfo stream, ShardInfo shard, long now)
    {
        RecordShape.WriteAll(answer, batch, stream.CreationMs, shard.Index);

        // Of what is left, the oldest says how far behind the reader is; at the tip there is nothing left.
        var behind = batch.NextArrivalMs is { } next ? Math.Max(1, now - next) : 0;
        if (behind > 0 || shard.ClosedMs is null)
        {
            var token = new ShardIteratorToken(stream.Name, stream.CreationMs, shard.Index, batch.NextCounter, now);
            answer.Text("NextShardIterator", token.ToString());
        }
        else
        {
            ShardShape.WriteChildren(answer, stream, shard.Index);
        }

        answer.Integer("MillisBehindLatest", behind);
    }
}
