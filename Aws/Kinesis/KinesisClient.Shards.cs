namespace DataProcessor.Aws.Kinesis;

public sealed partial class KinesisClient
{
    /// <summary>
    /// A page has up to 1,000 shards, so this is a stream of 100,000 with its closed ones; a service that hands out tokens
    /// for ever is cut off here.
    /// </summary>
    private const int MaxListShardsPages = 100;

    /// <summary>All shards that pass the filter, in the service's order. Null takes the open shards and the closed ones that still hold records.</summary>
    public async ValueTask<ShardDescription[]> ListShardsAsync(
        string streamName, ShardFilter? filter, CancellationToken cancellationToken)
    {
        var shards = new List<ShardDescription>();
        var message = new ListShardsMessage(
            streamName,
            filter is null ? null : new ShardFilterMessage(filter.Type, filter.ShardId, EpochSeconds.From(filter.Timestamp)),
            NextToken: null);
        for (var page = 0; page < MaxListShardsPages; page++)
        {
            var reply = await CallAsync(
                KinesisOperation.ListShards,
                message,
                WireJson.Default.ListShardsMessage,
                WireJson.Default.ListShardsReply,
                cancellationToken);
            shards.AddRange(reply.Shards.Select(ToDescription));
            if (string.IsNullOrEmpty(reply.NextToken))
            {
                return [.. shards];
            }

            message = new ListShardsMessage(StreamName: null, ShardFilter: null, reply.NextToken);
        }

        throw new KinesisException(
            KinesisErrors.ResponseTooLarge, $"ListShards: no end of {streamName}'s shards after {MaxListShardsPages} pages", 200);
    }

    /// <summary>A cursor into a shard; it lives 5 minutes.</summary>
    public async ValueTask<string> GetShardIteratorAsync(
        string streamName, string shardId, ShardIteratorStart start, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(
            KinesisOperation.GetShardIterator,
            new GetShardIteratorMessage(
                streamName, shardId, start.Type, start.SequenceNumber, EpochSeconds.From(start.Timestamp)),
            WireJson.Default.GetShardIteratorMessage,
            WireJson.Default.GetShardIteratorReply,
            cancellationToken);
        return reply.ShardIterator;
    }

    private static ShardDescription ToDescription(ShardReply shard) => new(
        shard.ShardId,
        shard.ParentShardId,
        shard.AdjacentParentShardId,
        shard.HashKeyRange.StartingHashKey,
        shard.HashKeyRange.EndingHashKey,
        shard.SequenceNumberRange.StartingSequenceNumber,
        shard.SequenceNumberRange.EndingSequenceNumber);
}
