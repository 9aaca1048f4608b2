namespace DataProcessor.Grains.Producing;

/// <summary>From the lanes' queues to Kinesis and back to the puts.</summary>
internal sealed partial class ShardProducer
{
    private bool _isPumping;
    private bool _pumpsAgain;
    private int _turn;
    private ulong _aggregates;

    /// <summary>Looks at everything that may have become due, sends it, and sets the alarm for what comes next.</summary>
    private void Pump()
    {
        if (_isPumping)
        {
            _pumpsAgain = true;
            return;
        }

        _isPumping = true;
        try
        {
            TimeSpan next;
            do
            {
                _pumpsAgain = false;
                next = PumpOnce();
            }
            while (_pumpsAgain);

            _alarm.Set(next);
        }
        finally
        {
            _isPumping = false;
        }
    }

    private TimeSpan PumpOnce()
    {
        var next = _ledger.AnswerLate(_time.Monotonic());
        for (var i = 0; i < _retiring.Count; i++)
        {
            next = MonotonicTime.Earlier(next, Step(_retiring[i]));
        }

        RetireEmptyLanes();

        // Each time another lane comes first, so that none takes the whole budget.
        var lanes = _lanes;
        _turn = (_turn + 1) % lanes.Length;
        for (var i = 0; i < lanes.Length; i++)
        {
            next = MonotonicTime.Earlier(next, Step(lanes[(_turn + i) % lanes.Length]));
        }

        return next;
    }

    /// <summary>Sends a lane's next Kinesis record if it is due and the shard takes it; returns when to look again.</summary>
    private TimeSpan Step(Lane lane)
    {
        // 1. What is past its deadline is given up, before anything else.
        var now = _time.Monotonic();
        var look = lane.ExpireUntil(now);
        if (lane.IsInFlight || lane.IsEmpty || lane.WaitsForPredecessor)
        {
            return look;
        }

        // 2. Wait for company or for the back-off, then for the shard's budget.
        var sendAt = MonotonicTime.Later(lane.SendAt(now), _sendsFrom);
        if (sendAt > now)
        {
            return MonotonicTime.Earlier(look, sendAt);
        }

        var least = lane.HasUnsettled ? lane.Size : lane.LeastSize(_pacer.Piece);
        var admitsAt = _pacer.AdmitsAt(least);
        if (admitsAt > _time.Monotonic())
        {
            return MonotonicTime.Earlier(look, admitsAt);
        }

        // 3. A repeated record keeps its bytes; a new one is written now, from as much of what waits as the shard takes.
        if (!lane.HasUnsettled && !lane.TryWrite(Math.Max(least, _pacer.MostNow), ref _aggregates, now))
        {
            return look;
        }

        _pacer.Admit(lane.Size);
        lane.Flight = AttemptAsync(lane);
        return look;
    }

    private async Task AttemptAsync(Lane lane)
    {
        var record = lane.BeginAttempt();
        var began = _time.Monotonic();
        SendOutcome outcome;
        try
        {
            outcome = await _send(record, _disposed.Token);
        }
        catch (Exception e)
        {
            // A bug in the sender; the callers wait all the same.
            LogSendFailed(_logger, e, _stream, _shard.Id);
            outcome = SendOutcome.Unknown(e.GetType().Name, e.Message);
        }

        if (outcome.Result == SendResult.NotSent)
        {
            _pacer.OnNotSent(record.Size);
        }
        else
        {
            _pacer.OnAnswered(record.Size, _time.Monotonic() - began);
        }

        if (outcome.Result == SendResult.Stored)
        {
            await SettleStoredAsync(lane, outcome);
        }
        else
        {
            lane.EndAttempt();
            OnFailed(lane, record, outcome);
        }

        if (_disposed.IsCancellationRequested)
        {
            lane.Dispose();
            return;
        }

        Pump();
    }

    private void OnFailed(Lane lane, in KinesisSend record, in SendOutcome outcome)
    {
        _meter.OnFailed(outcome.Result);
        var failures = _failures.OnFailure();
        if (outcome.Result == SendResult.Rejected && record.After is not null && outcome.ErrorCode == "InvalidArgumentException")
        {
            // The number before is from the shard before this one, or has expired: the next record begins a new sequence.
            lane.LastStored = default;
            lane.Retry(outcome, _time.Monotonic());
            return;
        }

        if (outcome.Result == SendResult.Rejected)
        {
            if (failures > 0)
            {
                LogRejected(_logger, _stream, _shard.Id, lane.Count, outcome.ErrorCode, outcome.ErrorMessage, failures);
            }

            lane.Reject(outcome);
            return;
        }

        if (outcome.Result == SendResult.Throttled)
        {
            _pacer.OnThrottled();
        }

        if (_isDraining || LeavesRestToOthers)
        {
            lane.MoveUnsettled(outcome);
            return;
        }

        var wait = BackOff.Next(_random, lane.CountFailure());
        lane.Retry(outcome, _time.Monotonic() + wait);
        _meter.OnRetry();
        if (failures > 0)
        {
            LogRetry(_logger, _stream, _shard.Id, lane.Count, outcome.Result, outcome.ErrorCode, outcome.ErrorMessage, wait, failures);
        }

        if (outcome.Result == SendResult.Throttled)
        {
            lane.CutIfLarger(2 * _pacer.Piece);
        }
    }

    private async Task SettleStoredAsync(Lane lane, SendOutcome outcome)
    {
        var belongs = outcome.ShardId == _shard.Id || await BelongsElsewhereAsync(lane, outcome.ShardId!);
        lane.EndAttempt();
        if (!belongs)
        {
            _meter.OnMisrouted();
            LogMisrouted(_logger, _stream, _shard.Id, outcome.ShardId, lane.Count);
            lane.MoveUnsettled(outcome);
            return;
        }

        var (lastShard, last) = lane.LastStored;
        if (lastShard == outcome.ShardId && outcome.SequenceNumber < last)
        {
            Inversions++;
            _meter.OnInversion();
            LogInversion(_logger, _stream, _shard.Id, outcome.SequenceNumber, last);
        }

        if (_failures.OnSuccess(out var ended))
        {
            LogStoredAgain(_logger, _stream, _shard.Id, ended.Failures, ended.Lasted);
        }

        _meter.OnStored(lane.Size);
        lane.LastStored = (outcome.ShardId, lastShard == outcome.ShardId && last > outcome.SequenceNumber ? last : outcome.SequenceNumber);
        lane.Store(outcome);
    }
}
