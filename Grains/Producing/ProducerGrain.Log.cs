using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Producing;

internal sealed partial class ProducerGrain
{
    [LoggerMessage(1, LogLevel.Information, "{Stream} has no shard {ShardId} in map {Version}; puts for it are answered Moved.")]
    private static partial void LogUnknownShard(ILogger logger, string stream, string shardId, long version);

    [LoggerMessage(2, LogLevel.Information, "Stream {Stream} of creation epoch {Epoch} is gone; puts for its {ShardId} are answered Moved.")]
    private static partial void LogStreamGone(ILogger logger, string stream, long epoch, string shardId);
}
