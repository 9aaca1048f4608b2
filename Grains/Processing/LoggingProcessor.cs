using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Processing;

/// <summary>The processor that runs when the user has registered none: one log line per batch.</summary>
internal sealed partial class LoggingProcessor(ILogger<LoggingProcessor> logger) : IRecordProcessor
{
    public ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Count > 0 && logger.IsEnabled(LogLevel.Information))
        {
            var (first, last) = (batch[0], batch[batch.Count - 1]);
            var key = RecordPreview.Of(first.PartitionKeyUtf8.Span);
            var preview = RecordPreview.Of(first.Data.Span);
            LogBatch(
                batch.StreamName,
                batch.ShardId,
                batch.Count,
                first.Position,
                last.Position,
                batch.MillisBehindLatest,
                key,
                preview);
        }

        return ValueTask.CompletedTask;
    }

    [LoggerMessage(
        EventId = 40,
        Level = LogLevel.Information,
        Message = "{Stream}/{Shard}: {Count} records, {First} to {Last}, {Behind} ms behind; the first, of key {Key}: {Preview}")]
    private partial void LogBatch(
        string stream, string shard, int count, StreamPosition first, StreamPosition last, long behind, string key, string preview);
}
