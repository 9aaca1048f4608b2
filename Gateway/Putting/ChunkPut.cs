using DataProcessor.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Gateway.Putting;

/// <summary>
/// One put, carried to its end through pending answers, full buffers, lost calls and lost producers.
/// <para>
/// A call without an answer leaves two cases open, and <see cref="IProducerGrain.Await"/> tells them apart: the
/// producer still holds the put, or the activation that may have held it is gone. Only in the second case the records
/// are put anew, and only then they can be in the stream twice. They keep their id: a request that is repeated under an
/// idempotency key finds them by it.
/// </para>
/// </summary>
internal sealed partial class ChunkPut(PutId id, PackedChunk chunk, ShardTarget target, long mapVersion, PutTerms terms)
{
    /// <summary>
    /// How long after the records' expiry the producer's word is awaited: a PutRecords call that it began just before
    /// may take its 6 s.
    /// </summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(7);

    /// <summary>Least wait for a shard that is full.</summary>
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(50);

    /// <summary>Least time for which records without a key avoid a shard that is full.</summary>
    private static readonly TimeSpan AvoidFor = TimeSpan.FromSeconds(1);

    private bool _mayBeHeld;
    private bool _mayBeWritten;
    private BackOff _backOff = new();
    private TimeSpan _waited;

    private bool IsOver => terms.Expiry.Remaining <= (_mayBeHeld ? -Slack : TimeSpan.Zero);

    public async Task<ChunkAnswer> RunAsync(CancellationToken cancellation)
    {
        while (!IsOver)
        {
            // Calls are not cancelled, they are short. What is taken stays taken when the client goes away.
            cancellation.ThrowIfCancellationRequested();
            PutResponse response;
            try
            {
                response = await AskAsync();
            }
            catch (Exception outage) when (CallFailure.IsOutage(outage))
            {
                OnOutage(outage);
                await Task.Delay(_backOff.Next(), terms.Time, cancellation);
                continue;
            }

            _backOff = new();
            switch (response.Status)
            {
                case PutStatus.Settled:
                    terms.FirstAnswers.Taken();
                    return EndedWith(ChunkEnd.Settled, response.Runs);
                case PutStatus.Moved:
                    terms.FirstAnswers.Taken();
                    return EndedWith(ChunkEnd.Moved);
                case PutStatus.Pending:
                    OnHeld();
                    break;
                case PutStatus.Unknown:
                    OnProducerLost();
                    break;
                case PutStatus.Busy:
                    if (await IsRefusedAsync(response.RetryAfter, cancellation))
                    {
                        return EndedWith(ChunkEnd.Busy) with { RetryAfter = response.RetryAfter };
                    }

                    break;
            }
        }

        _mayBeWritten |= _mayBeHeld;
        return EndedWith(ChunkEnd.Expired);
    }

    private async Task<PutResponse> AskAsync()
    {
        target.OnCall(terms.Time);
        try
        {
            var response = await (_mayBeHeld
                ? target.Producer.Await(id)
                : target.Producer.Put(new(id, mapVersion, terms.Expiry.Remaining, chunk.Records.Count, chunk.Frames)));
            target.OnAnswered(terms.Time);
            return response;
        }
        catch
        {
            target.OnFailed(terms.Time);
            throw;
        }
    }

    private ChunkAnswer EndedWith(ChunkEnd end, PutRun[]? runs = null) => new(end, runs ?? [], _mayBeWritten, TimeSpan.Zero);

    private void OnHeld()
    {
        _mayBeHeld = true;
        terms.FirstAnswers.Taken();
    }

    private void OnOutage(Exception outage)
    {
        terms.Metrics.OnCallFailed(outage);
        _mayBeHeld |= !CallFailure.WasNotDelivered(outage);
        terms.FirstAnswers.Taken();
    }

    private void OnProducerLost()
    {
        (_mayBeHeld, _mayBeWritten) = (false, true);
        if (!IsOver)
        {
            terms.Metrics.OnPossibleDuplicates(terms.Stream, chunk.Records.Count);
            LogPutAnew(terms.Logger, chunk.Records.Count, terms.Stream, target.Shard.Id);
        }
    }

    /// <summary>The shard is full: whether to give up, having waited otherwise.</summary>
    private async Task<bool> IsRefusedAsync(TimeSpan retryAfter, CancellationToken cancellation)
    {
        target.Avoid(terms.Time, retryAfter > AvoidFor ? retryAfter : AvoidFor);
        if (!await terms.FirstAnswers.BusyAsync().WaitAsync(cancellation))
        {
            return true;
        }

        var left = Shorter(terms.BusyPatience - _waited, terms.Expiry.Remaining);
        if (left <= TimeSpan.Zero)
        {
            return true;
        }

        var wait = Shorter(retryAfter > LeastWait ? retryAfter : LeastWait, left);
        _waited += wait;
        await Task.Delay(wait, terms.Time, cancellation);
        return false;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(LogLevel.Information, "{Count} records are put anew to {Stream}/{Shard}: the producer that held them is gone, and they may be in the stream twice.")]
    private static partial void LogPutAnew(ILogger logger, int count, string stream, string shard);
}
