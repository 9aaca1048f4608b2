using System.Diagnostics.CodeAnalysis;

namespace DataProcessor.Aws.Local.Storage;

/// <summary>
/// A run of a shard's records: <see cref="SegmentHeader"/>, then entries, counters (but for gaps) and arrival times growing. Written by
/// one commit at a time; readers see only what a finished commit has published.
/// </summary>
internal sealed class Segment : IDisposable
{
    private readonly string _name;
    private readonly ISegmentBytes _bytes;
    private readonly Lock _indexing = new();
    private SparseIndex? _index;
    private long _length;
    private long _count;
    private bool _hasDebris;

    private Segment(string name, SegmentHeader header, ISegmentBytes bytes)
    {
        _name = name;
        Header = header;
        _bytes = bytes;
        LastCounter = header.BaseCounter - 1;
        LastArrivalMs = header.BaseArrivalMs;
        FirstArrivalMs = header.BaseArrivalMs;
    }

    public SegmentHeader Header { get; }

    /// <summary>Published bytes, head included.</summary>
    public long Length => Volatile.Read(ref _length);

    public bool IsEmpty => Length <= SegmentHeader.Size;

    public long FirstArrivalMs { get; private set; }

    /// <summary>Arrival of the last record, or of the last one before an empty segment.</summary>
    public long LastArrivalMs { get; private set; }

    public long LastCounter { get; private set; }

    public static Segment Create(string name, SegmentHeader header, ISegmentBytes bytes)
    {
        Span<byte> head = stackalloc byte[SegmentHeader.Size];
        header.WriteTo(head);
        bytes.Write(head, 0);
        return new Segment(name, header, bytes) { _length = SegmentHeader.Size, _index = new SparseIndex() };
    }

    /// <summary>The segment that will be written on: scanned to its end, a torn tail cut off.</summary>
    /// <returns>The segment and the length of the tail.</returns>
    public static (Segment Segment, long CutOff) Recover(string name, SegmentHeader header, ISegmentBytes bytes, long length)
    {
        var segment = new Segment(name, header, bytes);
        segment.Index(length);
        if (segment._length < length)
        {
            bytes.Truncate(segment._length);
        }

        return (segment, length - segment._length);
    }

    /// <summary>A finished segment of an earlier run; its index is built when it is first read.</summary>
    public static Segment OpenSealed(string name, SegmentHeader header, ISegmentBytes bytes, long length, SegmentHeader next) =>
        new(name, header, bytes) { _length = length, LastCounter = next.BaseCounter - 1, LastArrivalMs = next.BaseArrivalMs };

    /// <summary>Writes whole entries at the end, then lets readers see them. After a failure nothing is published.</summary>
    public void Append(ReadOnlySpan<byte> entries)
    {
        var offset = _length;
        if (_hasDebris)
        {
            _bytes.Truncate(offset);
        }

        // After a failed write a part may be there: behind a shorter next one it would look like damage.
        _hasDebris = true;
        _bytes.Write(entries, offset);
        _hasDebris = false;
        Publish(entries, offset);
    }

    /// <summary>An offset from which to look for the first entry with at least this counter and arrival time.</summary>
    public long Seek(long counter, long arrivalMs)
    {
        lock (_indexing)
        {
            if (_index is null)
            {
                var length = _length;
                Index(length);
                if (_length < length)
                {
                    throw new InvalidDataException($"Segment {_name} is damaged: it is followed by another, but breaks off at byte {_length} of {length}.");
                }
            }
        }

        return _index.Seek(counter, arrivalMs);
    }

    public void Read(Span<byte> target, long offset) => _bytes.Read(target, offset);

    /// <summary>Mean size of an entry, to guess how much to read.</summary>
    public long MeanEntryLength => Length / Math.Max(1, Volatile.Read(ref _count));

    public void Seal() => _bytes.Seal();

    public void Delete() => _bytes.Delete();

    public void Dispose() => _bytes.Dispose();

    public override string ToString() => _name;

    private void Publish(ReadOnlySpan<byte> entries, long offset)
    {
        while (!entries.IsEmpty && EntryHeader.TryRead(entries, out var header))
        {
            Count(header, offset, _index!);
            offset += header.TotalLength;
            entries = entries[header.TotalLength..];
        }

        Volatile.Write(ref _length, offset);
    }

    [MemberNotNull(nameof(_index))]
    private void Index(long length)
    {
        var index = new SparseIndex();
        _count = 0;
        var scan = new SegmentScan(this, length);
        while (scan.TryNext(out var header, out var offset))
        {
            Count(header, offset, index);
        }

        _length = scan.End;
        _index = index;
    }

    private void Count(in EntryHeader header, long offset, SparseIndex index)
    {
        index.Add(offset, header.Counter, header.ArrivalMs);
        FirstArrivalMs = _count == 0 ? header.ArrivalMs : FirstArrivalMs;
        LastCounter = Math.Max(LastCounter, header.Counter);
        LastArrivalMs = Math.Max(LastArrivalMs, header.ArrivalMs);
        _count++;
    }
}
