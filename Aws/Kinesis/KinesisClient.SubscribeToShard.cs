using DataProcessor.Aws.Transport;

namespace DataProcessor.Aws.Kinesis;

public sealed partial class KinesisClient
{
    /// <summary>
    /// Has a shard's records pushed from a position on, to be disposed. Sent once: back-off, and the rule that a second call
    /// within 5 s of an accepted one is refused and after that takes over from it, are the reader's.
    /// </summary>
    /// <remarks>
    /// Over https this is HTTP/2 or an error; over plain http, to emulators, HTTP/1.1. Accepting the subscription has
    /// <see cref="KinesisClientOptions.RequestTimeout"/>; after that it may be silent.
    /// </remarks>
    /// <exception cref="KinesisException">
    /// E.g. <c>ResourceInUseException</c>: another subscription of the same consumer and shard is less than 5 s old, or the
    /// consumer is not ACTIVE; <c>ResourceNotFoundException</c>: no such consumer or shard. With
    /// <see cref="KinesisException.IsOutcomeUnknown"/> the service may have accepted the subscription, and its 5 s run.
    /// </exception>
    public async ValueTask<ShardSubscription> SubscribeToShardAsync(
        string consumerArn, string shardId, ShardIteratorStart start, CancellationToken cancellationToken)
    {
        using var body = SubscribeToShardCodec.Encode(consumerArn, shardId, start);
        return await _calls.SendAsync(KinesisOperation.SubscribeToShard, body, ShardSubscription.OpenAsync, cancellationToken);
    }
}
