using Microsoft.Win32.SafeHandles;

namespace DataProcessor.Aws.Local.Storage;

/// <summary>
/// A segment in a file. Only the segment being written keeps its file open; a sealed one is opened per read (about 10 µs),
/// so that many shards with a long history do not use up the file handles.
/// </summary>
internal sealed class FileSegmentBytes : ISegmentBytes
{
    private readonly string _path;
    private SafeFileHandle? _open;

    private FileSegmentBytes(string path, SafeFileHandle? open)
    {
        _path = path;
        _open = open;
    }

    public static FileSegmentBytes Create(string path) =>
        new(path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    public static FileSegmentBytes OpenForWriting(string path) =>
        new(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    public static FileSegmentBytes OpenSealed(string path) => new(path, null);

    public void Write(ReadOnlySpan<byte> bytes, long offset) =>
        RandomAccess.Write(_open ?? throw new InvalidOperationException($"Segment {_path} is sealed."), bytes, offset);

    public void Read(Span<byte> target, long offset)
    {
        if (Volatile.Read(ref _open) is { } handle)
        {
            try
            {
                Fill(handle, target, offset);
                return;
            }
            catch (ObjectDisposedException)
            {
                // Sealed between the two lines: read it like any sealed segment.
            }
        }

        try
        {
            using var own = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Fill(own, target, offset);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SegmentGoneException(_path);
        }
    }

    public void Truncate(long length) =>
        RandomAccess.SetLength(_open ?? throw new InvalidOperationException($"Segment {_path} is sealed."), length);

    public void Seal() => Interlocked.Exchange(ref _open, null)?.Dispose();

    public void Delete()
    {
        Seal();
        File.Delete(_path);
    }

    public void Dispose() => Seal();

    private void Fill(SafeFileHandle handle, Span<byte> target, long offset)
    {
        while (!target.IsEmpty)
        {
            var count = RandomAccess.Read(handle, target, offset);
            if (count == 0)
            {
                throw new InvalidDataException($"Segment {_path} ends at {offset}, before {offset + target.Length}: it was cut by someone else.");
            }

            target = target[count..];
            offset += count;
        }
    }
}
