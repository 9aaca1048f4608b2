using System.Buffers;
using DataProcessor.Gateway.Answering;

namespace DataProcessor.Gateway.Reading;

/// <summary>
/// The records of one request in its order, framed (see <see cref="RecordFrame"/>) in one pooled buffer, and beside
/// each what became of it. Shards settle their records in parallel: each writes only its own entries.
/// </summary>
internal sealed class IncomingRecords : IDisposable
{
    private const int FirstEntries = 16;

    private byte[] _frames = [];
    private int _framed;
    private Entry[] _entries = [];

    public int Count { get; private set; }

    /// <summary>Whether the answer is a batch's: an array or lines, even of one record.</summary>
    public bool IsBatch { get; set; }

    /// <summary>All frames, one after the other.</summary>
    public ReadOnlySpan<byte> Frames => _frames.AsSpan(0, _framed);

    /// <summary>Free space for the next frame; what is written there counts from <see cref="Add"/>.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (_frames.Length - _framed < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_framed + bytes, 2 * _framed));
            _frames.AsSpan(0, _framed).CopyTo(larger);
            Return(_frames);
            _frames = larger;
        }

        return _frames.AsSpan(_framed, bytes);
    }

    /// <summary>Takes the frame that was written to the reserved space.</summary>
    public void Add(int frameLength)
    {
        NextEntry() = new() { Offset = _framed, Length = frameLength };
        _framed += frameLength;
    }

    /// <summary>A record that cannot be put; it keeps its position.</summary>
    public void AddFailed(Problem problem) => NextEntry() = new() { Outcome = new(null, 0, problem) };

    /// <summary>Forgets the records from <paramref name="count"/> on.</summary>
    public void Truncate(int count)
    {
        for (; Count > count; Count--)
        {
            _framed -= _entries[Count - 1].Length;
        }
    }

    public ReadOnlySpan<byte> FrameOf(int index)
    {
        ref readonly var entry = ref EntryAt(index);
        return _frames.AsSpan(entry.Offset, entry.Length);
    }

    public int FrameLengthOf(int index) => EntryAt(index).Length;

    public ref readonly RecordOutcome OutcomeOf(int index) => ref EntryAt(index).Outcome;

    public void Store(int index, StoredIn place, long subSequenceNumber) =>
        EntryAt(index).Outcome = new(place, subSequenceNumber, null);

    /// <summary>Takes the outcome from where the record was put with others.</summary>
    public void Settle(int index, in RecordOutcome outcome) => EntryAt(index).Outcome = outcome;

    public void Fail(int index, Problem problem)
    {
        ref var entry = ref EntryAt(index);
        entry.Outcome = new(null, 0, entry.MayBeWritten ? Problem.OutcomeUnknown : problem);
    }

    public void Fail(ReadOnlySpan<int> indices, Problem problem)
    {
        foreach (var index in indices)
        {
            Fail(index, problem);
        }
    }

    /// <summary>An attempt whose end is not known may have written them: they never fail with certainty any more.</summary>
    public void MarkMayBeWritten(ReadOnlySpan<int> indices)
    {
        foreach (var index in indices)
        {
            EntryAt(index).MayBeWritten = true;
        }
    }

    /// <summary>Whether a record has no outcome yet.</summary>
    public bool HasOpen
    {
        get
        {
            for (var i = 0; i < Count; i++)
            {
                if (!_entries[i].Outcome.IsKnown)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Positions of the records that have no outcome yet, ascending.</summary>
    public int[] Open()
    {
        var open = new int[Count];
        var count = 0;
        for (var i = 0; i < Count; i++)
        {
            if (!_entries[i].Outcome.IsKnown)
            {
                open[count++] = i;
            }
        }

        return count == Count ? open : open[..count];
    }

    /// <summary>Forgets all records; the buffers stay for the next ones.</summary>
    public void Clear()
    {
        _entries.AsSpan(0, Count).Clear();
        (Count, _framed) = (0, 0);
    }

    public void Dispose()
    {
        Return(_frames);
        if (_entries.Length > 0)
        {
            // Entries refer to strings; the pool must not keep those alive.
            _entries.AsSpan(0, Count).Clear();
            ArrayPool<Entry>.Shared.Return(_entries);
        }

        (_frames, _entries, Count, _framed) = ([], [], 0, 0);
    }

    private ref Entry NextEntry()
    {
        if (Count == _entries.Length)
        {
            var larger = ArrayPool<Entry>.Shared.Rent(Math.Max(FirstEntries, 2 * Count));
            _entries.AsSpan(0, Count).CopyTo(larger);
            if (Count > 0)
            {
                _entries.AsSpan(0, Count).Clear();
                ArrayPool<Entry>.Shared.Return(_entries);
            }

            _entries = larger;
        }

        return ref _entries[Count++];
    }

    private ref Entry EntryAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return ref _entries[index];
    }

    private static void Return(byte[] frames)
    {
        if (frames.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(frames);
        }
    }

    private struct Entry
    {
        public int Offset;
        public int Length;
        public bool MayBeWritten;
        public RecordOutcome Outcome;
    }
}
