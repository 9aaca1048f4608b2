using DataProcessor.Grains.Aggregation;

namespace DataProcessor.Grains.Producing;

/// <summary>
/// A part of a shard's range whose records keep their order: they wait in one queue and at most one Kinesis record of
/// theirs is unsettled. That record is written when it is sent, from what waits then, so it grows while the one before
/// is on its way. It is sent again, with the same bytes, before anything later, until it is settled.
/// </summary>
internal sealed class Lane : IDisposable
{
    private readonly ProducerOptions _options;
    private readonly PutLedger _ledger;
    private readonly AggregateWriter _writer;
    private readonly TimeSpan _quiet;

    // The records of the unsettled Kinesis record, in its order.
    private readonly List<RecordSlice> _unsettled = [];
    private Lane? _predecessor;
    private KinesisSend _record;
    private bool _goesAlone;
    private int _attempts;
    private bool _wasUnanswered;
    private int _failures;
    private SendError? _lastError;
    private TimeSpan _notBefore;
    private TimeSpan _lastArrival;

    public Lane(HashKeyRange range, ulong incarnation, ProducerOptions options, PutLedger ledger, Lane? predecessor = null)
    {
        Range = range;
        _predecessor = predecessor;
        _options = options;
        _ledger = ledger;
        _quiet = options.RecordMaxBufferedTime / 5;
        _writer = new(options.AggregationEnabled ? options.AggregationMaxCount : 1, incarnation: incarnation)
        {
            KeylessHashKey = range.Middle,
        };
    }

    public HashKeyRange Range { get; }

    public SliceQueue Queue { get; } = new();

    /// <summary>Where the last stored record landed, and its number.</summary>
    public (string? ShardId, SequenceNumber Number) LastStored { get; set; }

    /// <summary>Whether a lane that this one was cut from still has records, which are to be settled first.</summary>
    public bool WaitsForPredecessor
    {
        get
        {
            if (_predecessor is { IsEmpty: true, WaitsForPredecessor: false } settled)
            {
                LastStored = settled.LastStored;
                _predecessor = null;
            }

            return _predecessor is not null;
        }
    }

    /// <summary>The attempt that is on its way, or the last one.</summary>
    public Task Flight { get; set; } = Task.CompletedTask;

    public bool IsInFlight { get; private set; }

    public bool HasUnsettled => _unsettled.Count > 0;

    public bool IsEmpty => !HasUnsettled && Queue.IsEmpty;

    /// <summary>Bytes that Kinesis counts of the unsettled record.</summary>
    public int Size => _record.Size;

    /// <summary>User records of the unsettled record.</summary>
    public int Count => _writer.Count;

    public bool IsAggregate => _writer.IsAggregate;

    /// <summary>Whether all of the unsettled record's user records have their hash key in a range.</summary>
    public bool IsWithin(HashKeyRange range) => range.Contains(_writer.Lowest) && range.Contains(_writer.Highest);

    /// <summary>Whether a Kinesis record of this lane may hold records of both sides of a border.</summary>
    public bool Straddles(HashKey border) => Range.Start < border && border <= Range.End;

    public void Enqueue(in RecordSlice slice, TimeSpan now)
    {
        Queue.AddLast(slice);
        _lastArrival = now;
    }

    /// <summary>When the lane wants to send; it must not be empty.</summary>
    public TimeSpan SendAt()
    {
        if (HasUnsettled)
        {
            return _notBefore;
        }

        var isFull = Queue.Bytes >= _options.AggregationMaxSize || Queue.Records >= _options.AggregationMaxCount;
        return isFull || !_options.AggregationEnabled
            ? _notBefore
            : MonotonicTime.Later(_notBefore, MonotonicTime.Earlier(Queue.First.Put.DueAt, _lastArrival + _quiet));
    }

    /// <summary>
    /// Bytes that the shard must take before the lane writes its next Kinesis record: what waits, but of a long queue
    /// no more than a piece, so that aggregates fit into what is left of a second instead of leaving it unused.
    /// </summary>
    public int LeastSize()
    {
        const int piece = 32 * 1024;
        var first = RecordFrame.Read(Queue.First.Frames.Span);
        var waiting = _options.AggregationEnabled ? (int)Math.Min(Queue.Bytes, piece) : 0;
        return Math.Max(AggregateWriter.SizeAlone(first), Math.Min(waiting, _options.AggregationMaxSize));
    }

    /// <summary>Writes the next Kinesis record from what waits; false if all of it had expired.</summary>
    /// <param name="maxSize">Bytes that the shard takes now.</param>
    /// <param name="counter">The producer's count of aggregates.</param>
    /// <param name="now">Records with a deadline before this are given up.</param>
    public bool TryWrite(int maxSize, ref ulong counter, TimeSpan now)
    {
        maxSize = Math.Min(maxSize, _options.AggregationMaxSize);
        var deadline = MonotonicTime.Never;
        while (!Queue.IsEmpty)
        {
            var slice = Queue.First;
            if (slice.Put.Deadline <= now)
            {
                Expire(Queue.RemoveFirst());
                continue;
            }

            var (count, length) = Add(slice, maxSize);
            if (count > 0)
            {
                _unsettled.Add(slice.Take(count, length));
                Queue.SkipFirst(count, length);
                deadline = MonotonicTime.Earlier(deadline, slice.Put.Deadline);
            }

            if (count < slice.Count)
            {
                break;
            }
        }

        if (!HasUnsettled)
        {
            return false;
        }

        var entry = _writer.Finish(counter);
        counter += _writer.IsAggregate ? 1UL : 0;
        _record = new(entry, _writer.Size, deadline, _goesAlone);
        (_attempts, _wasUnanswered) = (0, false);
        return true;
    }

    /// <summary>Takes the unsettled record for an attempt.</summary>
    public KinesisSend BeginAttempt()
    {
        IsInFlight = true;
        return _record with { GoesAlone = _goesAlone };
    }

    public void EndAttempt() => IsInFlight = false;

    /// <summary>The attempt failed: the same bytes go again, not before the given moment.</summary>
    public void Retry(in SendOutcome outcome, TimeSpan notBefore)
    {
        CountAttempt(outcome);
        _goesAlone |= outcome.MustGoAlone;
        _notBefore = notBefore;
    }

    /// <summary>Failures in a row, this one included: what the back-off grows with.</summary>
    public int CountFailure() => ++_failures;

    public void Store(in SendOutcome outcome)
    {
        long subSequenceNumber = 0;
        foreach (var slice in _unsettled)
        {
            _ledger.Settle(slice.Put, new(
                slice.First, slice.Count, PutOutcome.Stored, outcome.ShardId, outcome.SequenceNumber,
                subSequenceNumber, slice.Attempts + _attempts + 1, null, null));
            subSequenceNumber += slice.Count;
        }

        (_failures, _notBefore, _goesAlone, _lastError) = (0, TimeSpan.Zero, false, null);
        Clear();
    }

    /// <summary>Kinesis refuses the record for ever: it is given up, and later ones go on.</summary>
    public void Reject(in SendOutcome outcome)
    {
        CountAttempt(outcome);
        GiveUp(PutOutcome.Rejected);
        (_failures, _notBefore, _goesAlone) = (0, TimeSpan.Zero, false);
    }

    /// <summary>Answers the unsettled record's user records Moved.</summary>
    public void MoveUnsettled(in SendOutcome outcome)
    {
        CountAttempt(outcome);
        GiveUp(PutOutcome.Moved);
    }

    /// <summary>Answers all that is not on its way Moved.</summary>
    public void MoveWaiting()
    {
        if (!IsInFlight)
        {
            GiveUp(PutOutcome.Moved);
        }

        while (!Queue.IsEmpty)
        {
            var slice = Queue.RemoveFirst();
            _ledger.Settle(slice.Put, slice.Run(PutOutcome.Moved, slice.LastError));
        }
    }

    /// <summary>
    /// Gives up what is past its deadline. When that is only a part of an unsettled record, the rest waits again, before
    /// everything else, and becomes a new one.
    /// </summary>
    /// <returns>When the next deadline passes.</returns>
    public TimeSpan ExpireUntil(TimeSpan now)
    {
        if (!IsInFlight && HasUnsettled && _record.Deadline <= now)
        {
            for (var i = _unsettled.Count - 1; i >= 0; i--)
            {
                Queue.AddFirst(WithHistory(_unsettled[i]));
            }

            Clear();
        }

        while (!Queue.IsEmpty && Queue.First.Put.Deadline <= now)
        {
            Expire(Queue.RemoveFirst());
        }

        var waiting = Queue.IsEmpty ? MonotonicTime.Never : Queue.First.Put.Deadline;
        return IsInFlight || !HasUnsettled ? waiting : MonotonicTime.Earlier(waiting, _record.Deadline);
    }

    public void Dispose() => _writer.Dispose();

    private (int Count, int Length) Add(in RecordSlice slice, int maxSize)
    {
        var frames = slice.Frames;
        var (count, length) = (0, 0);
        while (count < slice.Count && _writer.Add(frames[length..], maxSize) is > 0 and var added)
        {
            count++;
            length += added;
        }

        return (count, length);
    }

    private void CountAttempt(in SendOutcome outcome)
    {
        _attempts += outcome.Result == SendResult.NotSent ? 0 : 1;
        _wasUnanswered |= outcome.Result == SendResult.Unknown;
        _lastError = new(outcome.ErrorCode, outcome.ErrorMessage);
    }

    private void Expire(in RecordSlice slice)
    {
        var error = slice.LastError ?? new("Expired", "It was not sent within its time to live.");
        _ledger.Settle(slice.Put, slice.Run(slice.WasUnanswered ? PutOutcome.Unknown : PutOutcome.NotWritten, error));
    }

    private void GiveUp(PutOutcome outcome)
    {
        foreach (var slice in _unsettled)
        {
            var given = WithHistory(slice);
            _ledger.Settle(slice.Put, given.Run(outcome, given.LastError));
        }

        Clear();
    }

    private RecordSlice WithHistory(in RecordSlice slice) => slice with
    {
        Attempts = slice.Attempts + _attempts,
        WasUnanswered = slice.WasUnanswered || _wasUnanswered,
        LastError = _attempts > 0 || slice.LastError is null ? _lastError : slice.LastError,
    };

    private void Clear()
    {
        _unsettled.Clear();
        _writer.Clear();
        _record = default;
    }
}
