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

    public RecordSlice First => IsEmpty ? throw new InvalidOperationException("The lane is empty.") : _ring[_head];

    public void AddLast(in RecordSlice slice)
    {
        EnsureRoom();
        _ring[(_head + Slices++) & (_ring.Length - 1)] = slice;
        Count(slice, 1);
    }

    public void AddFirst(in RecordSlice slice)
    {
        EnsureRoom();
        _head = (_head - 1) & (_ring.Length - 1);
        _ring[_head] = slice;
        Slices++;
        Count(slice, 1);
    }

    public RecordSlice RemoveFirst()
    {
        var first = First;
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Slices--;
        Count(first, -1);
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

        _ring[_head] = First.Skip(count, length);
        Records -= count;
        Bytes -= length;
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
            grown[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        (_ring, _head) = (grown, 0);
    }
}
