using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Producing;

internal sealed partial class Sender
{
    [LoggerMessage(1, LogLevel.Warning, "A put of {Count} records to {Stream} failed: {Code} ({Status}): {Reason} Failure {Failures} in a row; not each of them is told.")]
    private static partial void LogCallFailed(
        ILogger logger, string stream, int count, string code, int status, string reason, long failures);

    [LoggerMessage(2, LogLevel.Error, "A put of {Count} records to {Stream} failed unexpectedly. Failure {Failures} in a row; not each of them is told.")]
    private static partial void LogCallBroke(ILogger logger, Exception exception, string stream, int count, long failures);

    [LoggerMessage(3, LogLevel.Information, "Puts to {Stream} work again, after {Failures} failures within {Lasted}.")]
    private static partial void LogCallsWork(ILogger logger, string stream, long failures, TimeSpan lasted);
}
