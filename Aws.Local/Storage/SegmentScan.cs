namespace DataProcessor.Aws.Local.Storage;

/// <summary>
/// Walks a segment entry by entry and checks every byte. It ends at the end of the file or at a torn tail, which is what
/// the end of the process in the middle of a write leaves: a whole head with bytes missing behind it, less than a head,
/// or zeros up to the end. Anything else is damage, and refused: records behind it would be lost silently.
/// </summary>
internal ref struct SegmentScan(Segment segment, long length)
{
    private const int WindowSize = 1024 * 1024;
    private byte[] _window = [];
    private long _windowStart;
    private int _windowLength;

    /// <summary>Offset behind the last whole entry.</summary>
    public long End { get; private set; } = SegmentHeader.Size;

    public bool TryNext(out EntryHeader header, out long offset)
    {
        header = default;
        offset = End;
        if (length - offset < EntryHeader.Size)
        {
            return false;
        }

        if (!EntryHeader.TryRead(Bytes(offset, EntryHeader.Size), out header))
        {
            return IsZeroFrom(offset) ? false : throw Damaged(offset, "the head of an entry does not match its checksum");
        }

        if (length - offset < header.TotalLength)
        {
            return false;
        }

        if (!header.Matches(Bytes(offset, header.TotalLength)[EntryHeader.Size..]))
        {
            throw Damaged(offset, "an entry does not match its checksum");
        }

        End = offset + header.TotalLength;
        return true;
    }

    private bool IsZeroFrom(long offset)
    {
        while (offset < length)
        {
            var count = (int)Math.Min(WindowSize, length - offset);
            if (Bytes(offset, count).ContainsAnyExcept((byte)0))
            {
                return false;
            }

            offset += count;
        }

        return true;
    }

    private ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        if (offset < _windowStart || offset + count > _windowStart + _windowLength)
        {
            _windowStart = offset;
            _windowLength = (int)Math.Min(Math.Max(count, WindowSize), length - offset);
            if (_window.Length < _windowLength)
            {
                _window = new byte[_windowLength];
            }

            segment.Read(_window.AsSpan(0, _windowLength), offset);
        }

        return _window.AsSpan((int)(offset - _windowStart), count);
    }

    private readonly InvalidDataException Damaged(long offset, string what) => new(
        $"Segment {segment} is damaged at byte {offset} of {length}: {what}. Nothing was changed; "
        + "restore the file, or delete the data folder to start with empty streams.");
}
