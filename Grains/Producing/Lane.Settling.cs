namespace DataProcessor.Grains.Producing;

/// <summary>What becomes of the lane's records: attempts, outcomes and deadlines.</summary>
internal sealed partial class Lane
{
    private bool _goesAlone;
    private int _attempts;
    private bool _wasUnanswered;
    private int _failures;
    private SendError? _lastError;
    private TimeSpan _notBefore;

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
            _parts.Ledger.Settle(slice.Put, new(
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
            _parts.Ledger.Settle(slice.Put, slice.Run(PutOutcome.Moved, slice.LastError));
        }
    }

    /// <summary>
    /// Gives up what is past its deadline, wherever it waits: a put that came by a detour has less time than those before
    /// it. When that is only a part of an unsettled record, the rest waits again, before everything else, and becomes a
    /// new one.
    /// </summary>
    /// <returns>When the next deadline passes.</returns>
    public TimeSpan ExpireUntil(TimeSpan now)
    {
        if (!IsInFlight && HasUnsettled && _record.Deadline <= now)
        {
            WaitAgain();
        }

        if (Queue.EarliestDeadline <= now)
        {
            foreach (var expired in Queue.RemoveExpired(now))
            {
                Expire(expired);
            }
        }

        return IsInFlight || !HasUnsettled
            ? Queue.EarliestDeadline
            : MonotonicTime.Earlier(Queue.EarliestDeadline, _record.Deadline);
    }

    /// <summary>
    /// A throttled record that is larger than the shard takes at once beside others becomes smaller ones; not if it may
    /// be stored already, since readers know a repetition by its being the same.
    /// </summary>
    public void CutIfLarger(int size)
    {
        if (_record.Size > size && Count > 1 && !_wasUnanswered)
        {
            WaitAgain();
        }
    }

    private void WaitAgain()
    {
        for (var i = _unsettled.Count - 1; i >= 0; i--)
        {
            Queue.AddFirst(WithHistory(_unsettled[i]));
        }

        Clear();
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
        _parts.Ledger.Settle(slice.Put, slice.Run(slice.WasUnanswered ? PutOutcome.Unknown : PutOutcome.NotWritten, error));
    }

    private void GiveUp(PutOutcome outcome)
    {
        foreach (var slice in _unsettled)
        {
            var given = WithHistory(slice);
            _parts.Ledger.Settle(slice.Put, given.Run(outcome, given.LastError));
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
