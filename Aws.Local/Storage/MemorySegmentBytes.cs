namespace DataProcessor.Aws.Local.Storage;

/// <summary>A segment that lives as long as the server: chunks of 64 KiB, added as it grows.</summary>
internal sealed class MemorySegmentBytes : ISegmentBytes
{
    private const int ChunkSize = 64 * 1024;
    private byte[][] _chunks = [];

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        Grow(offset + bytes.Length);
        var chunks = _chunks;
        while (!bytes.IsEmpty)
        {
            var within = (int)(offset % ChunkSize);
            var count = Math.Min(bytes.Length, ChunkSize - within);
            bytes[..count].CopyTo(chunks[offset / ChunkSize].AsSpan(within));
            bytes = bytes[count..];
            offset += count;
        }
    }

    public void Read(Span<byte> target, long offset)
    {
        var chunks = Volatile.Read(ref _chunks);
        while (!target.IsEmpty)
        {
            var within = (int)(offset % ChunkSize);
            var count = Math.Min(target.Length, ChunkSize - within);
            chunks[offset / ChunkSize].AsSpan(within, count).CopyTo(target);
            target = target[count..];
            offset += count;
        }
    }

    public void Truncate(long length)
    {
    }

    public void Seal()
    {
    }

    public void Delete()
    {
    }

    public void Dispose()
    {
    }

    private void Grow(long length)
    {
        var needed = (int)((length + ChunkSize - 1) / ChunkSize);
        if (needed <= _chunks.Length)
        {
            return;
        }

        // Readers keep the array they have; a new one is published only when it is complete.
        var grown = new byte[needed][];
        _chunks.CopyTo(grown, 0);
        for (var i = _chunks.Length; i < needed; i++)
        {
            grown[i] = new byte[ChunkSize];
        }

        Volatile.Write(ref _chunks, grown);
    }
}
