namespace DataProcessor;

/// <summary>
/// User code: handles the records of one shard. One instance per shard, made from the service container when the
/// shard's reader starts and disposed when it stops.
/// </summary>
public interface IRecordProcessor
{
    /// <summary>
    /// Handles a batch. Batches of a shard come one at a time and in order. When the returned task completes, every
    /// record of the batch counts as handled and the checkpoint may move past it; when it throws, the batch comes again
    /// from the first record that is not done (<see cref="RecordBatch.Done"/>, <see cref="RecordFailedException"/>),
    /// after a back-off. Records are views over the batch's memory: copy what is to outlive the task.
    /// </summary>
    ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken);
}
