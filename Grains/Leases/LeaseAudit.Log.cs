using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Leases;

internal sealed partial class LeaseAudit
{
    [LoggerMessage(
        EventId = 40,
        Level = LogLevel.Information,
        Message = "{Application}/{Stream}: reading the stream for the first time; {Count} leases made at {Start}")]
    private static partial void LogFirstStart(ILogger logger, string application, string stream, int count, Checkpoint start);

    [LoggerMessage(
        EventId = 41,
        Level = LogLevel.Warning,
        Message = "{Application}/{Stream}: hash keys had no reader; {Count} leases made: {Leases}")]
    private static partial void LogHole(ILogger logger, string application, string stream, string leases, int count);

    [LoggerMessage(
        EventId = 42,
        Level = LogLevel.Error,
        Message = "{Application}/{Stream}: shard {Shard} is past its retention and was read to {Checkpoint} only; records after it are lost")]
    private static partial void LogTrimmed(ILogger logger, string application, string stream, string shard, string checkpoint);

    [LoggerMessage(
        EventId = 43,
        Level = LogLevel.Error,
        Message = "{Application}/{Stream}: the stream was deleted and made anew; of the former one, shard {Shard} was read to {Checkpoint} and records after it are lost. The new one is read from its first record")]
    private static partial void LogRecreated(ILogger logger, string application, string stream, string shard, string checkpoint);

    [LoggerMessage(EventId = 44, Level = LogLevel.Information, Message = "{Application}: deleted lease {Lease}: it is finished and its shard is gone")]
    private static partial void LogDeleted(ILogger logger, string application, string lease);
}
