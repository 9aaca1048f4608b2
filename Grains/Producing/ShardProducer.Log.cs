using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Producing;

internal sealed partial class ShardProducer
{
    [LoggerMessage(1, LogLevel.Error, "The producer of {Stream} {ShardId} failed while looking for work; it goes on at the next event.")]
    private static partial void LogPumpFailed(ILogger logger, Exception exception, string stream, string shardId);

    [LoggerMessage(2, LogLevel.Error, "Sending to {Stream} {ShardId} failed unexpectedly; the outcome of the record is unknown.")]
    private static partial void LogSendFailed(ILogger logger, Exception exception, string stream, string shardId);

    [LoggerMessage(3, LogLevel.Error, "{Stream} {ShardId}: Kinesis refuses {Count} records for ever: {Code}: {Reason} Failure {Failures} in a row; not each of them is told.")]
    private static partial void LogRejected(
        ILogger logger, string stream, string shardId, int count, string? code, string? reason, long failures);

    [LoggerMessage(4, LogLevel.Warning, "{Stream} {ShardId}: {Count} records {Result} ({Code}: {Reason}); again in {Wait}. Failure {Failures} in a row; not each of them is told.")]
    private static partial void LogRetry(
        ILogger logger, string stream, string shardId, int count, SendResult result, string? code, string? reason, TimeSpan wait, long failures);

    [LoggerMessage(5, LogLevel.Warning, "{Stream} {ShardId}: an aggregate of {Count} records landed on {Landed}, which does not own all of them; they are routed again.")]
    private static partial void LogMisrouted(ILogger logger, string stream, string shardId, string? landed, int count);

    [LoggerMessage(6, LogLevel.Warning, "{Stream} {ShardId}: {SequenceNumber} was stored before {Last}, which was sent earlier.")]
    private static partial void LogInversion(
        ILogger logger, string stream, string shardId, SequenceNumber sequenceNumber, SequenceNumber last);

    [LoggerMessage(7, LogLevel.Warning, "{Stream}: the shard map with {ShardId} could not be fetched, attempt {Attempt}.")]
    private static partial void LogMapFailed(ILogger logger, Exception exception, string stream, string shardId, int attempt);

    [LoggerMessage(8, LogLevel.Information, "{Stream} {ShardId} is closed in map {Version}; its producer takes no more puts.")]
    private static partial void LogClosed(ILogger logger, string stream, string shardId, long version);

    [LoggerMessage(9, LogLevel.Information, "{Stream} {ShardId}: records are stored again, after {Failures} failed attempts within {Lasted}.")]
    private static partial void LogStoredAgain(ILogger logger, string stream, string shardId, long failures, TimeSpan lasted);
}
