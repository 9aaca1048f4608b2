namespace DataProcessor.Aws.Local.Storage;

/// <summary>
/// The bytes of one segment. One writer at a time; readers run beside it and only ask for bytes that are already written.
/// </summary>
internal interface ISegmentBytes : IDisposable
{
    /// <summary>Returns when the operating system has the bytes: they then survive the end of this process.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Fills the whole target; throws <see cref="SegmentGoneException"/> if the segment was deleted meanwhile.</summary>
    void Read(Span<byte> target, long offset);

    /// <summary>Cuts off what a failed write or a crash left behind.</summary>
    void Truncate(long length);

    /// <summary>Nothing will be written any more.</summary>
    void Seal();

    void Delete();
}

/// <summary>A segment expired, or its stream was deleted, while it was being read: look again.</summary>
internal sealed class SegmentGoneException(string path) : IOException($"Segment {path} is gone.");
