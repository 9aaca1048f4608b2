using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

/// <summary>
/// Hands batches to the user's processor, one at a time. What the processor refuses comes again from the first record
/// that is not done, for as long as it takes: nothing is skipped.
/// </summary>
internal sealed partial class BatchDispatcher(
    IRecordProcessor processor,
    string streamName,
    string shardId,
    CheckpointCursor cursor,
    ReaderOptions options,
    ReaderProgress progress,
    TimeProvider time,
    Random random,
    ShardInstruments instruments,
    ILogger logger)
{
    private readonly BackOff _backOff = new(options.RetryBackOff, options.MaxRetryBackOff, random);

    /// <summary>
    /// Has the batch handled. Ends early if the reader is to stop or has lost its lease; the cursor then stands at what
    /// is done.
    /// </summary>
    /// <param name="batch">The user records.</param>
    /// <param name="millisBehindLatest">Of the page.</param>
    /// <param name="stop">Ends retries.</param>
    /// <param name="abort">The processor's token: cancelled when a stop has waited long enough.</param>
    public async ValueTask DispatchAsync(
        DecodedBatch batch, long millisBehindLatest, CancellationToken stop, CancellationToken abort)
    {
        var slots = batch.Slots;
        while (slots.Length > 0)
        {
            var attempt = new RecordBatch(streamName, shardId, millisBehindLatest, slots, batch.Parents);
            var failure = await TryProcessAsync(attempt, abort);
            var done = failure is null ? attempt.Count : DoneBefore(failure, attempt);
            OnDone(attempt, done);
            slots = slots[done..];
            if (failure is null)
            {
                break;
            }

            if (stop.IsCancellationRequested || !await WaitOutAsync(failure, done, slots.Length, stop))
            {
                return;
            }
        }

        cursor.Advance(batch.End);
        progress.OnSuccess();
        if (_backOff.Reset() is > 0 and var failures)
        {
            LogProcessorRecovered(logger, streamName, shardId, failures);
        }
    }

    private async ValueTask<Exception?> TryProcessAsync(RecordBatch batch, CancellationToken abort)
    {
        var started = time.GetTimestamp();
        Exception? failure = null;
        try
        {
            await processor.ProcessAsync(batch, abort);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        instruments.OnProcessed(time.GetElapsedTime(started), failure);
        return failure;
    }

    /// <summary>How many records from the first are handled although the processor failed.</summary>
    private static int DoneBefore(Exception failure, RecordBatch batch) =>
        failure is RecordFailedException { Index: var index } && index > batch.DoneCount && index < batch.Count
            ? index
            : batch.DoneCount;

    private void OnDone(RecordBatch batch, int done)
    {
        if (done == 0)
        {
            return;
        }

        for (var i = 0; i < done; i++)
        {
            progress.BytesProcessed += batch.Slot(i).Data.Length;
        }

        progress.RecordsProcessed += done;
        instruments.OnHandled(done);
        cursor.Advance(batch[done - 1].Position);
    }

    /// <returns>False if the reader is to end.</returns>
    private async ValueTask<bool> WaitOutAsync(Exception failure, int done, int left, CancellationToken stop)
    {
        if (done > 0)
        {
            _backOff.Reset(); // It moves; the next record is not to pay for this one.
        }

        progress.OnFailure(failure);
        var delay = _backOff.Next();
        if (_backOff.IsWorthLogging)
        {
            LogProcessorFailed(logger, failure, streamName, shardId, cursor.Position, _backOff.Failures, left, delay);
        }

        await cursor.WriteIfDueAsync(stop);
        if (cursor.IsLeaseLost)
        {
            return false;
        }

        await Task.Delay(delay, time, stop).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        return !stop.IsCancellationRequested;
    }
}
