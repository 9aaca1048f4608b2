using DataProcessor.Grains.Aggregation;

namespace DataProcessor.Grains.Producing;

/// <summary>
/// A part of a shard's range whose records keep their order: they wait in one queue and at most one Kinesis record of
/// theirs is unsettled. That record is written when it is sent, from what waits then, so it grows while the one before
/// is on its way. It is sent again, with the same bytes, before anything later, until it is settled.
/// </summary>
internal sealed partial class Lane : IDisposable
{
    private readonly LaneParts _parts;
    private readonly ProducerOptions _options;
    private readonly AggregateWriter _writer;

    // The records of the unsettled Kinesis record, in its order.
    private readonly List<RecordSlice> _unsettled = [];
    private Lane? _predecessor;
    private Departure? _departure;
    private KinesisSend _record;

    public Lane(HashKeyRange range, LaneParts parts, Lane? predecessor = null)
    {
        Range = range;
        _predecessor = predecessor;
        _parts = parts;
        _options = parts.Options;
        _writer = new(_options.AggregationEnabled ? _options.AggregationMaxCount : 1, incarnation: parts.Incarnation)
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

    private bool IsFullEnough => Queue.Bytes >= _parts.Sizes.FullEnough || Queue.Records >= _options.AggregationMaxCount;

    /// <summary>Whether so much waits that a keyless record had better take another lane.</summary>
    public bool IsFull => _options.AggregationEnabled ? Queue.Bytes >= _parts.Sizes.Aggregate : !Queue.IsEmpty;

    /// <summary>Whether all of the unsettled record's user records have their hash key in a range.</summary>
    public bool IsWithin(HashKeyRange range) => range.Contains(_writer.Lowest) && range.Contains(_writer.Highest);

    /// <summary>Whether a Kinesis record of this lane may hold records of both sides of a border.</summary>
    public bool Straddles(HashKey border) => Range.Start < border && border <= Range.End;

    public void Enqueue(in RecordSlice slice, TimeSpan now)
    {
        Queue.AddLast(slice);
        _departure ??= _parts.Departures.Join(now);
    }

    /// <summary>When the lane wants to send; it must not be empty.</summary>
    public TimeSpan SendAt(TimeSpan now)
    {
        if (HasUnsettled || _departure is null || !_options.AggregationEnabled)
        {
            return _notBefore;
        }

        return IsFullEnough
            ? _notBefore
            : MonotonicTime.Later(
                _notBefore, MonotonicTime.Earlier(Queue.EarliestDue, _parts.Departures.LeavesAt(_departure, now)));
    }

    /// <summary>
    /// Bytes that the shard must take before the lane writes its next Kinesis record: what waits, but of a long queue
    /// no more than a piece, see <see cref="ShardPacer.Piece"/>.
    /// </summary>
    public int LeastSize(int piece)
    {
        var first = RecordFrame.Read(Queue.First.Frames.Span);
        var waiting = _options.AggregationEnabled ? (int)Math.Min(Queue.Bytes, piece) : 0;
        return Math.Max(AggregateWriter.SizeAlone(first), Math.Min(waiting, _parts.Sizes.Aggregate));
    }

    /// <summary>Writes the next Kinesis record from what waits; false if all of it had expired.</summary>
    /// <param name="maxSize">Bytes that the shard takes now.</param>
    /// <param name="counter">The producer's count of aggregates.</param>
    /// <param name="now">Records with a deadline before this are given up.</param>
    public bool TryWrite(int maxSize, ref ulong counter, TimeSpan now)
    {
        maxSize = Math.Min(maxSize, _parts.Sizes.Aggregate);
        var hasCompany = !IsFullEnough;
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

        // What is left has waited its time; what comes while this is on its way joins the next departure.
        _departure = Queue.IsEmpty ? null : _departure;
        if (!HasUnsettled)
        {
            return false;
        }

        var entry = _writer.Finish(counter);
        counter += _writer.IsAggregate ? 1UL : 0;
        _record = new(entry, _writer.Size, _writer.Count, deadline, _goesAlone, hasCompany);
        (_attempts, _wasUnanswered) = (0, false);
        return true;
    }

    /// <summary>Takes the unsettled record for an attempt.</summary>
    public KinesisSend BeginAttempt()
    {
        IsInFlight = true;
        var after = _options.Ordering == Ordering.Strict && LastStored.ShardId is not null ? LastStored.Number : (SequenceNumber?)null;
        return _record with { GoesAlone = _goesAlone, HasCompany = _record.HasCompany && _attempts == 0, After = after };
    }

    public void EndAttempt() => IsInFlight = false;

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
}

/// <summary>What the lanes of a producer share.</summary>
/// <param name="Incarnation">The producer's name in its aggregates.</param>
/// <param name="Options">Validated.</param>
/// <param name="Sizes">How large records may be now.</param>
/// <param name="Ledger">Where records are settled.</param>
/// <param name="Departures">When to send.</param>
internal sealed record LaneParts(
    ulong Incarnation, ProducerOptions Options, RecordSizes Sizes, PutLedger Ledger, Departures Departures);
