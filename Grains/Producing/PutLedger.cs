namespace DataProcessor.Grains.Producing;

/// <summary>
/// The puts of a producer by id: those that wait, and for a while those that are settled, so that a repeated call gets
/// the first one's answer. Knows what they hold of the buffer, and lets callers wait a bounded time.
/// </summary>
internal sealed class PutLedger(TimeProvider time, ProducerMeter meter)
{
    /// <summary>A call waits this long: under the grain call's time-out of 2 s.</summary>
    public static readonly TimeSpan AnswersWithin = TimeSpan.FromMilliseconds(1500);

    /// <summary>How long a settled put is remembered.</summary>
    public static readonly TimeSpan Remembers = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Settled puts that are remembered at most; the oldest go first. Some 5 MB; at a put per record and 200-byte
    /// records still three seconds of a full shard, longer than a call and its repetition.
    /// </summary>
    public const int MostRemembered = 16_384;

    /// <summary>Bytes of a put besides its frames, so that a flood of tiny puts is bounded too.</summary>
    public const int BytesAPut = 512;

    private readonly Dictionary<PutId, PendingPut> _puts = [];
    private readonly Queue<PendingPut> _settled = new();

    // Everybody waits the same time, so the oldest is always the first to give up.
    private readonly Queue<Waiter> _waiters = new();

    /// <summary>Bytes of the puts that are not settled.</summary>
    public long Bytes { get; private set; }

    public bool TryFind(PutId id, out PendingPut? put)
    {
        Forget(time.Monotonic());
        return _puts.TryGetValue(id, out put);
    }

    public void Add(PendingPut put)
    {
        _puts.Add(put.Id, put);
        Bytes += put.Frames.Length + BytesAPut;
    }

    public void Settle(PendingPut put, in PutRun run)
    {
        var held = put.Frames.Length + BytesAPut;
        meter.OnSettled(run);
        if (put.Settle(run, time.Monotonic()))
        {
            Bytes -= held;
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
    public Task WhenFetched(TimeSpan since) =>
        Task.WhenAll(_settled.Where(put => put.SettledAt >= since).Select(put => put.WhenFetched()));

    private void Forget(TimeSpan now)
    {
        while (_settled.TryPeek(out var oldest) && (_settled.Count > MostRemembered || now - oldest.SettledAt >= Remembers))
        {
            _settled.Dequeue();
            _puts.Remove(oldest.Id);
        }
    }

    private readonly record struct Waiter(TaskCompletionSource<PutResponse> Answer, TimeSpan Until);
}
