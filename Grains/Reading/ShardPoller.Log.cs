using DataProcessor.Aws.Kinesis;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

internal sealed partial class ShardPoller
{
    [LoggerMessage(
        EventId = 2,
        Level = LogLevel.Warning,
        Message = "{Stream}/{Shard}: reading failed {Failures} times in a row; next attempt in {Delay}. Nothing is lost.")]
    private static partial void LogReadFailed(
        ILogger logger, Exception exception, string stream, string shard, int failures, TimeSpan delay);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "{Stream}/{Shard}: reading works again after {Failures} failures")]
    private static partial void LogReadRecovered(ILogger logger, string stream, string shard, int failures);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "{Stream}/{Shard}: the iterator has expired; taking a new one {Start}")]
    private static partial void LogIteratorExpired(ILogger logger, string stream, string shard, ShardIteratorStart start);
}
