using DataProcessor.Grains.Leases;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

internal sealed partial class ShardReader
{
    [LoggerMessage(EventId = 30, Level = LogLevel.Information, Message = "{Stream}/{Shard}: reading after {Checkpoint} as {Owner}")]
    private static partial void LogStarted(ILogger logger, string stream, string shard, Checkpoint checkpoint, string owner);

    [LoggerMessage(EventId = 31, Level = LogLevel.Debug, Message = "{Stream}/{Shard}: stopping")]
    private static partial void LogStopping(ILogger logger, string stream, string shard);

    [LoggerMessage(EventId = 32, Level = LogLevel.Information, Message = "{Stream}/{Shard}: {Exit} after {Position}")]
    private static partial void LogEnded(ILogger logger, string stream, string shard, ReaderExit exit, StreamPosition? position);

    [LoggerMessage(
        EventId = 33,
        Level = LogLevel.Warning,
        Message = "{Lease}: taking the lease failed {Failures} times in a row; next attempt in {Delay}")]
    private static partial void LogTakeFailed(ILogger logger, Exception exception, string lease, int failures, TimeSpan delay);

    [LoggerMessage(EventId = 34, Level = LogLevel.Warning, Message = "{Stream}/{Shard}: not being read: {Reason}")]
    private static partial void LogForeignOwner(ILogger logger, string stream, string shard, string reason);
}
