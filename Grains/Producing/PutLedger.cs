using System.Diagnostics.CodeAnalysis;

namespace DataProcessor.Grains.Producing;

/// <summary>
/// The puts of a producer by id: those that wait, and for a while those that are settled, so that a repeated call gets
/// the first one's answer. Lets callers wait a bounded time.
/// </summary>
internal sealed class PutLedger(PutBuffer buffer, TimeProvider time, ProducerMeter meter)
{
    /// <summary>A call waits this long: under the grain call's time-out of 2 s.</summary>
    public static readonly TimeSpan AnswersWithin = TimeSpan.FromMilliseconds(1500);

    /// <summary>How long a settled put is remembered.</summary>
    public static readonly TimeSpan Remembers = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Settled puts that are remembered at most; the oldest go first. Some 20 MB: 60 s of a thousand puts a second, which is what
    /// a gateway's connections make of a full shard; at a put for each 100-byte record still 6 s, three calls' time.
    /// </summary>
    public const int MostRemembered = 65_536;

    private readonly Dictionary<PutId, PendingPut> _puts = [];
    private readonly Queue<PendingPut> _settled = new();

    // Everybody waits the same time, so the oldest is always the first to give up.
    private readonly Queue<Waiter> _waiters = new();

    public bool TryFind(PutId id, [NotNullWhen(true)] out PendingPut? put)
    {
        Forget(time.Monotonic());
        return _puts.TryGetValue(id, out put);
    }

    /// <summary>A put of which nothing was written may come again under its id.</summary>
    public void Add(PendingPut put, double expectedRate)
    {
        _puts[put.Id] = put;
        buffer.Take(put.Size, expectedRate);
    }

    public void Settle(PendingPut put, in PutRun run)
    {
        var size = put.Size;
        meter.OnSettled(run);
        if (put.Settle(run, time.Monotonic()))
        {
            buffer.Return(size);
            _settled.Enqueue(put);
        }
    }

    /// <summary>The put's answer, or Pending after <see cref="AnswersWithin"/>.</summary>
    public Task<PutResponse> AnswerAsync(PendingPut put)
    {
        var answer = put.WhenSettled(out var waiter);
        if (waiter is not null)
        {
            _waiters.Enqueue(new(waiter, time.Monotonic() + AnswersWithin));
        }

        return answer;
    }

    /// <summary>Answers those who waited long enough; returns when the next one has.</summary>
    public TimeSpan AnswerLate(TimeSpan now)
    {
        while (_waiters.TryPeek(out var oldest))
        {
            if (oldest.Until > now && !oldest.Answer.Task.IsCompleted)
            {
                return oldest.Until;
            }

            _waiters.Dequeue().Answer.TrySetResult(PutResponse.Pending);
        }

        return MonotonicTime.Never;
    }

    /// <summary>Completes when the answers of all puts that were settled since then are handed out.</summary>
    public async Task WhenFetched(TimeSpan since)
    {
        // One after the other: WhenAll would resume on the thread pool.
        foreach (var put in _settled.Where(put => put.SettledAt >= since).ToArray())
        {
            await put.WhenFetched();
        }
    }

    private void Forget(TimeSpan now)
    {
        while (_settled.TryPeek(out var oldest) && (_settled.Count > MostRemembered || now - oldest.SettledAt >= Remembers))
        {
            _settled.Dequeue();

            // Unless the id stands for a later put, because nothing of this one was written.
            if (_puts.TryGetValue(oldest.Id, out var put) && put == oldest)
            {
                _puts.Remove(oldest.Id);
            }
        }
    }

    private readonly record struct Waiter(TaskCompletionSource<PutResponse> Answer, TimeSpan Until);
}
