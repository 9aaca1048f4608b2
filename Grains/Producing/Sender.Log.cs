using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Producing;

internal sealed partial class Sender
{
    [LoggerMessage(1, LogLevel.Warning, "PutRecords of {Count} records to {Stream} failed: {Code} ({Status}): {Reason}")]
    private static partial void LogCallFailed(ILogger logger, string stream, int count, string code, int status, string reason);

    [LoggerMessage(2, LogLevel.Error, "PutRecords of {Count} records to {Stream} failed unexpectedly.")]
    private static partial void LogCallBroke(ILogger logger, Exception exception, string stream, int count);
}
