using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

internal sealed partial class ReadPosition
{
    [LoggerMessage(
        EventId = 1,
        Level = LogLevel.Error,
        Message = "{Stream}/{Shard}: the stream no longer keeps the position {Position}; records after it may be lost. Going on at the oldest record. {Reason}")]
    private static partial void LogPositionLost(ILogger logger, string stream, string shard, string position, string reason);
}
