using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

internal sealed partial class ShardSubscriber
{
    [LoggerMessage(EventId = 50, Level = LogLevel.Debug, Message = "{Stream}/{Shard}: subscribed {Start} as {Consumer}")]
    private static partial void LogSubscribed(
        ILogger logger, string stream, string shard, Aws.Kinesis.ShardIteratorStart start, string consumer);

    [LoggerMessage(
        EventId = 51,
        Level = LogLevel.Information,
        Message = "{Stream}/{Shard}: the consumer has another subscription, accepted less than 5 s ago; reading by GetRecords for {Delay}")]
    private static partial void LogInUse(ILogger logger, string stream, string shard, TimeSpan delay);

    [LoggerMessage(
        EventId = 52,
        Level = LogLevel.Warning,
        Message = "{Stream}/{Shard}: another subscription of the consumer has taken over {Times} times in a row although the lease is this reader's; subscribing again in {Delay}")]
    private static partial void LogTakenOver(ILogger logger, string stream, string shard, int times, TimeSpan delay);

    [LoggerMessage(
        EventId = 53,
        Level = LogLevel.Warning,
        Message = "{Stream}/{Shard}: the subscription failed {Failures} times in a row; next attempt in {Delay} or more. Nothing is lost.")]
    private static partial void LogFailed(
        ILogger logger, Exception exception, string stream, string shard, int failures, TimeSpan delay);

    [LoggerMessage(EventId = 54, Level = LogLevel.Information, Message = "{Stream}/{Shard}: records are pushed again after {Failures} failures")]
    private static partial void LogRecovered(ILogger logger, string stream, string shard, int failures);

    [LoggerMessage(
        EventId = 55,
        Level = LogLevel.Warning,
        Message = "{Stream}/{Shard}: FELL BACK TO POLLING for {Delay}: the stream has no room for the consumer {Consumer}, tried {Times} times. {Reason}")]
    private static partial void LogFellBack(
        ILogger logger, string stream, string shard, TimeSpan delay, string consumer, int times, string reason);

    [LoggerMessage(EventId = 56, Level = LogLevel.Information, Message = "{Stream}/{Shard}: back from polling to fan-out after {Times} attempts")]
    private static partial void LogReturned(ILogger logger, string stream, string shard, int times);
}
