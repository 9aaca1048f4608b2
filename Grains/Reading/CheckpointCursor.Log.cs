using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

internal sealed partial class CheckpointCursor
{
    [LoggerMessage(
        EventId = 20,
        Level = LogLevel.Warning,
        Message = "{Lease}: another reader has taken the lease ({Owner}, at {Checkpoint}); this one ends")]
    private static partial void LogLeaseLost(ILogger logger, string lease, string owner, string checkpoint);

    [LoggerMessage(
        EventId = 21,
        Level = LogLevel.Warning,
        Message = "{Lease}: the checkpoint {Position} could not be written; after a crash, what follows the one before comes again")]
    private static partial void LogWriteFailed(ILogger logger, Exception exception, string lease, StreamPosition? position);

    [LoggerMessage(EventId = 22, Level = LogLevel.Warning, Message = "{Lease}: the row was deleted, and is made anew at {Position}")]
    private static partial void LogRestored(ILogger logger, string lease, StreamPosition? position);
}
