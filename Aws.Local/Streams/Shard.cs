using DataProcessor.Aws.Local.Limits;
using DataProcessor.Aws.Local.Storage;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>What became of a put to a shard.</summary>
internal enum ShardPut
{
    /// <summary>Admitted or refused, entry by entry.</summary>
    Done,

    /// <summary>Nothing was touched: the shard is closed, or about to be.</summary>
    Closing,

    /// <summary>The stream is being deleted.</summary>
    Gone,
}

/// <summary>One shard: admission by its limits, sequence numbers, its records.</summary>
internal sealed class Shard : IDisposable
{
    private readonly Lock _gate = new();
    private readonly long _streamCreationMs;
    private readonly ShardLimits? _limits;
    private ShardInfo _info;
    private bool _isFrozen;
    private bool _isAbandoned;

    /// <summary>Opens what is stored of it; throws InvalidDataException on damage.</summary>
    /// <param name="info">The shard.</param>
    /// <param name="streamCreationMs">Part of every sequence number.</param>
    /// <param name="limits">Null: none are enforced.</param>
    /// <param name="store">Its segments.</param>
    /// <param name="quota">What its records count against.</param>
    /// <param name="subscriptions">Its subscribers.</param>
    public Shard(
        ShardInfo info, long streamCreationMs, ShardLimits? limits, SegmentStore store, StorageQuota quota, ShardSubscriptions subscriptions)
    {
        _info = info;
        _streamCreationMs = streamCreationMs;
        _limits = limits;
        Subscriptions = subscriptions;
        _isFrozen = info.ClosedMs is not null;
        Log = new ShardLog(_gate, store, quota, info.CreatedMs) { Committed = subscriptions.Wake };
    }

    public ShardInfo Info => Volatile.Read(ref _info);

    public ShardSubscriptions Subscriptions { get; }

    public ShardLog Log { get; }

    /// <summary>Admits entries in the given order and appends them; what is refused is marked in its entry.</summary>
    /// <param name="entries">All entries of the call.</param>
    /// <param name="own">Indexes of those for this shard.</param>
    /// <param name="nowMs">Arrival time.</param>
    /// <param name="ticket">To be committed before anything is acknowledged.</param>
    public ShardPut TryPut(PutEntry[] entries, ReadOnlySpan<int> own, long nowMs, out CommitTicket ticket)
    {
        lock (_gate)
        {
            ticket = default;
            if (_isAbandoned)
            {
                return ShardPut.Gone;
            }

            if (_isFrozen)
            {
                return ShardPut.Closing;
            }

            foreach (var index in own)
            {
                Put(ref entries[index], nowMs);
            }

            ticket = Log.TakeTicket();
            return ShardPut.Done;
        }
    }

    /// <summary>Null if the shard's read limits refuse it.</summary>
    public ReadBatch? TryRead(long fromCounter, int maxRecords, long maxBytes, long oldestMs, long nowMs)
    {
        lock (_gate)
        {
            Log.Reveal(nowMs);
            if (_limits?.TryRead() == false)
            {
                return null;
            }
        }

        var batch = Log.Read(fromCounter, maxRecords, maxBytes, oldestMs);
        lock (_gate)
        {
            _limits?.HasRead(batch.Bytes);
        }

        return batch;
    }

    /// <summary>Reads for a subscription, which has limits of its own.</summary>
    /// <param name="fromCounter">First record.</param>
    /// <param name="maxRecords">At most.</param>
    /// <param name="maxBytes">At most, unless the first is larger.</param>
    /// <param name="oldestMs">Older ones have expired.</param>
    /// <param name="nowMs">Now.</param>
    /// <param name="isHiding">Whether an injected inversion holds back more.</param>
    public ReadBatch Push(long fromCounter, int maxRecords, long maxBytes, long oldestMs, long nowMs, out bool isHiding)
    {
        lock (_gate)
        {
            Log.Reveal(nowMs);
            isHiding = Log.IsHiding;
        }

        return Log.Read(fromCounter, maxRecords, maxBytes, oldestMs);
    }

    public bool TryGetIterator()
    {
        lock (_gate)
        {
            return _limits?.TryGetIterator() != false;
        }
    }

    /// <summary>The number with this counter; below 1 the one before all records.</summary>
    public SequenceNumber NumberOf(long counter)
    {
        if (counter < 1)
        {
            return Info.Starting(_streamCreationMs);
        }

        // If it has expired, the arrival of what comes after it stands in for its own.
        using var read = Log.Read(counter, 1, 1, 0);
        if (read.Records is [var record])
        {
            return new SequenceNumber(_streamCreationMs, record.ArrivalMs, counter, Info.Index);
        }

        lock (_gate)
        {
            return new SequenceNumber(_streamCreationMs, Log.LastArrivalMs, counter, Info.Index);
        }
    }

    public SequenceNumber NumberOf(in StoredRecord record) => new(_streamCreationMs, record.ArrivalMs, record.Counter, Info.Index);

    /// <summary>Holds puts off, waits for those on their way, and says where the shard ends if it is closed now.</summary>
    public async ValueTask<ShardEnd> FreezeAsync()
    {
        Task lastCommit;
        lock (_gate)
        {
            _isFrozen = true;
            lastCommit = Log.LastCommit;
        }

        await lastCommit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        lock (_gate)
        {
            Log.Reveal(long.MaxValue);
            return new ShardEnd(Log.LastCounter, Log.LastArrivalMs);
        }
    }

    /// <summary>It takes no more records.</summary>
    public void Close(ShardInfo closed)
    {
        lock (_gate)
        {
            _isFrozen = true;
            Volatile.Write(ref _info, closed);
        }
    }

    /// <summary>Takes records again, unless it was closed.</summary>
    public void Thaw()
    {
        lock (_gate)
        {
            _isFrozen = Info.ClosedMs is not null;
        }
    }

    /// <summary>Refuses puts from now on, waits for those on their way, and closes the files for deletion.</summary>
    public async ValueTask AbandonAsync()
    {
        Task lastCommit;
        lock (_gate)
        {
            _isAbandoned = true;
            lastCommit = Log.LastCommit;
        }

        await lastCommit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Log.Abandon();
    }

    /// <summary>As <see cref="AbandonAsync"/>, for a shard that was closed long ago.</summary>
    public void Abandon() => Log.Abandon();

    public void Dispose() => Log.Dispose();

    private void Put(ref PutEntry entry, long nowMs)
    {
        if (entry.Outcome == PutOutcome.ThrottledByFault)
        {
            return;
        }

        if (_limits?.TryWrite(entry.Key.Length + entry.Data.Length) == false)
        {
            entry.Outcome = PutOutcome.Throttled;
            return;
        }

        var above = entry.Ordering is { } ordering && ordering.ShardIndex == Info.Index ? ordering.Counter : 0;
        if (!Log.TryAppend(entry.Key.Span, entry.Data.Span, nowMs, out var counter, out var arrivalMs, entry.LeavesGap, above))
        {
            entry.Outcome = PutOutcome.Full;
            return;
        }

        entry.Outcome = PutOutcome.Stored;
        entry.IsInverted = counter < Log.LastCounter;
        entry.SequenceNumber = new SequenceNumber(_streamCreationMs, arrivalMs, counter, Info.Index);
    }
}
