using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

internal sealed partial class BatchDispatcher
{
    [LoggerMessage(
        EventId = 10,
        Level = LogLevel.Warning,
        Message = "{Stream}/{Shard}: the processor failed after {Position}, {Failures} times in a row; its {Left} records come again in {Delay}")]
    private static partial void LogProcessorFailed(
        ILogger logger, Exception exception, string stream, string shard, StreamPosition? position, int failures, int left, TimeSpan delay);

    [LoggerMessage(EventId = 11, Level = LogLevel.Information, Message = "{Stream}/{Shard}: the processor works again after {Failures} failures")]
    private static partial void LogProcessorRecovered(ILogger logger, string stream, string shard, int failures);
}
