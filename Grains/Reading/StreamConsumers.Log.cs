using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

internal sealed partial class StreamConsumers
{
    [LoggerMessage(EventId = 60, Level = LogLevel.Information, Message = "Registered the consumer {Consumer} of {Stream}")]
    private static partial void LogRegistered(ILogger logger, string consumer, string stream);

    [LoggerMessage(EventId = 61, Level = LogLevel.Warning, Message = "The service does not know the consumer {Arn} any more; it is looked up, or registered, anew")]
    private static partial void LogForgotten(ILogger logger, string arn);
}
