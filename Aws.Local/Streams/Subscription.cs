using DataProcessor.Aws.Local.Storage;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>What a subscription pushes; empty when nothing came for 5 s. Dispose it: its records are in pooled buffers.</summary>
/// <param name="Batch">The records.</param>
/// <param name="Shard">The shard as it was when they were read.</param>
/// <param name="Continuation">Number to go on after; null: the shard is closed and this was the last of it.</param>
/// <param name="MillisBehindLatest">0 at the tip.</param>
internal sealed record PushedBatch(ReadBatch Batch, ShardInfo Shard, SequenceNumber? Continuation, long MillisBehindLatest) : IDisposable
{
    public void Dispose() => Batch.Dispose();
}

/// <summary>Where a subscription starts.</summary>
/// <param name="Counter">Of the first record.</param>
/// <param name="Before">The number before it: the continuation until there is a record.</param>
internal readonly record struct SubscriptionStart(long Counter, SequenceNumber Before);

/// <summary>
/// SubscribeToShard's push. It is pulled: nothing is read from the log before the last batch was taken, so a slow client
/// costs no memory; in between it sleeps until the shard's log wakes it.
/// </summary>
internal sealed class Subscription(
    KinesisStream stream, Shard shard, string consumer, SubscriptionLease lease, SubscriptionStart start, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HiddenTime = TimeSpan.FromMilliseconds(SequenceGap.MaxAgeMs + 1);
    private const int MaxRecords = 10_000;

    /// <summary>Of data and partition keys in one event; a larger record goes alone.</summary>
    private const long MaxBytes = 1024 * 1024;

    private readonly WakeUp _wakeUp = new(time);
    private readonly long _startedAt = time.GetTimestamp();
    private long _lastEventAt = time.GetTimestamp();
    private long _nextCounter = start.Counter;
    private SequenceNumber _continuation = start.Before;
    private Ending? _ending;
    private bool _isHiding;
    private bool _isOver;

    /// <summary>The next batch as soon as there is one; null at the end. Throws ServiceException if it was ended with an error.</summary>
    public async ValueTask<PushedBatch?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _wakeUp.Arm();
            if (IsOver())
            {
                return null;
            }

            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            await stream.SettleAsync(nowMs);
            var wait = lease.Pace?.Delay() ?? TimeSpan.Zero;
            if (wait == TimeSpan.Zero && TryRead(nowMs) is { } batch)
            {
                return batch;
            }

            await _wakeUp.WaitAsync(Shortest(wait, nowMs), cancellationToken);
        }
    }

    public void Wake() => _wakeUp.Wake();

    /// <summary>Ends it; with an error that the subscriber is told, or without.</summary>
    public void End(ServiceException? error)
    {
        Interlocked.CompareExchange(ref _ending, new Ending(error), null);
        Wake();
    }

    public void Dispose()
    {
        End(null);
        shard.Subscriptions.Leave(consumer, this);
    }

    private bool IsOver()
    {
        if (_isOver)
        {
            return true;
        }

        var ending = Volatile.Read(ref _ending);
        _isOver = ending is not null || time.GetElapsedTime(_startedAt) >= Lifetime;
        return ending?.Error is { } error ? throw error : _isOver;
    }

    private PushedBatch? TryRead(long nowMs)
    {
        var info = shard.Info; // Before the read: whether it was closed, and so complete, when it was read.
        var batch = shard.Push(_nextCounter, MaxRecords, MaxBytes, stream.Info.OldestVisibleMs(nowMs), nowMs, out _isHiding);
        var isAtEnd = info.ClosedMs is not null && batch.NextArrivalMs is null;
        if (batch.Records.Count == 0 && !isAtEnd && time.GetElapsedTime(_lastEventAt) < Heartbeat)
        {
            batch.Dispose();
            return null;
        }

        _lastEventAt = time.GetTimestamp();
        _isOver = isAtEnd;
        lease.Pace?.HasPushed(batch.Bytes);
        if (batch.NextCounter > _nextCounter)
        {
            // Without records: what was to come has expired.
            _nextCounter = batch.NextCounter;
            _continuation = batch.Records is [.., var last] ? shard.NumberOf(last) : shard.NumberOf(_nextCounter - 1);
        }

        var behind = batch.NextArrivalMs is { } next ? Math.Max(1, nowMs - next) : 0;
        return new PushedBatch(batch, info, isAtEnd ? null : _continuation, behind);
    }

    private TimeSpan Shortest(TimeSpan pace, long nowMs)
    {
        var wait = pace > TimeSpan.Zero ? pace : Heartbeat - time.GetElapsedTime(_lastEventAt);
        var life = Lifetime - time.GetElapsedTime(_startedAt);
        wait = life < wait ? life : wait;
        wait = _isHiding && HiddenTime < wait ? HiddenTime : wait;
        if (stream.Info.Pending is { } pending && pending.DueMs > nowMs)
        {
            // The end of this shard, perhaps. One that is overdue could not be carried out and is tried again later.
            var due = TimeSpan.FromMilliseconds(pending.DueMs - nowMs);
            wait = due < wait ? due : wait;
        }

        // Timers count whole milliseconds and would be early.
        return TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, wait.TotalMilliseconds)));
    }

    private sealed record Ending(ServiceException? Error);
}
