namespace DataProcessor.Grains.Producing;

/// <summary>
/// What a lane has still to send, in arrival order; records that come back from a given-up aggregate go to the front.
/// A ring that grows with its content, which the producer's buffer bounds.
/// </summary>
internal sealed class SliceQueue
{
    private RecordSlice[] _ring = new RecordSlice[4];
    private int _head;

    public int Slices { get; private set; }

    public int Records { get; private set; }

    public long Bytes { get; private set; }

    public bool IsEmpty => Slices == 0;

    public RecordSlice First => IsEmpty ? throw new InvalidOperationException("The lane is empty.") : At(0);

    /// <summary>
    /// No deadline is before this. It may be that of a slice which is gone: then it is found again by
    /// <see cref="RemoveExpired"/> when it passes.
    /// </summary>
    public TimeSpan EarliestDeadline { get; private set; } = MonotonicTime.Never;

    /// <summary>No slice wants to go before this; as <see cref="EarliestDeadline"/>, until the queue was empty.</summary>
    public TimeSpan EarliestDue { get; private set; } = MonotonicTime.Never;

    public void AddLast(in RecordSlice slice)
    {
        EnsureRoom();
        At(Slices++) = slice;
        OnAdded(slice);
    }

    public void AddFirst(in RecordSlice slice)
    {
        EnsureRoom();
        _head = (_head - 1) & (_ring.Length - 1);
        _ring[_head] = slice;
        Slices++;
        OnAdded(slice);
    }

    public RecordSlice RemoveFirst()
    {
        var first = First;
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Slices--;
        Count(first, -1);
        ForgetTimesIfEmpty();
        return first;
    }

    /// <summary>Takes records off the first slice.</summary>
    public void SkipFirst(int count, int length)
    {
        if (count == First.Count)
        {
            RemoveFirst();
            return;
        }

        At(0) = First.Skip(count, length);
        Records -= count;
        Bytes -= length;
    }

    /// <summary>Takes out what is past its deadline, in order; the rest closes ranks.</summary>
    public List<RecordSlice> RemoveExpired(TimeSpan now)
    {
        List<RecordSlice> expired = [];
        var kept = 0;
        EarliestDeadline = MonotonicTime.Never;
        for (var i = 0; i < Slices; i++)
        {
            var slice = At(i);
            if (slice.Put.Deadline <= now)
            {
                expired.Add(slice);
                Count(slice, -1);
                continue;
            }

            EarliestDeadline = MonotonicTime.Earlier(EarliestDeadline, slice.Put.Deadline);
            At(kept++) = slice;
        }

        for (var i = kept; i < Slices; i++)
        {
            At(i) = default;
        }

        Slices = kept;
        ForgetTimesIfEmpty();
        return expired;
    }

    private ref RecordSlice At(int index) => ref _ring[(_head + index) & (_ring.Length - 1)];

    private void OnAdded(in RecordSlice slice)
    {
        EarliestDeadline = MonotonicTime.Earlier(EarliestDeadline, slice.Put.Deadline);
        EarliestDue = MonotonicTime.Earlier(EarliestDue, slice.Put.DueAt);
        Count(slice, 1);
    }

    private void ForgetTimesIfEmpty()
    {
        if (IsEmpty)
        {
            (EarliestDeadline, EarliestDue) = (MonotonicTime.Never, MonotonicTime.Never);
        }
    }

    private void Count(in RecordSlice slice, int sign)
    {
        Records += sign * slice.Count;
        Bytes += sign * slice.Length;
    }

    private void EnsureRoom()
    {
        if (Slices < _ring.Length)
        {
            return;
        }

        var grown = new RecordSlice[_ring.Length * 2];
        for (var i = 0; i < Slices; i++)
        {
            grown[i] = At(i);
        }

        (_ring, _head) = (grown, 0);
    }
}
