using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Producing;

internal sealed partial class ProducerGrain
{
    [LoggerMessage(1, LogLevel.Information, "{Stream} has no shard {ShardId} in map {Version}; puts for it are answered Moved.")]
    private static partial void LogUnknownShard(ILogger logger, string stream, string shardId, long version);
}
