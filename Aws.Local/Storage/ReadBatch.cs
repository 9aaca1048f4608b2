using System.Buffers;

namespace DataProcessor.Aws.Local.Storage;

/// <summary>A record as it is stored; key (UTF-8) and data are views into the batch's buffers.</summary>
internal readonly record struct StoredRecord(long Counter, long ArrivalMs, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Data);

/// <summary>What one read found. The records are valid until it is disposed, which returns their buffers to the pool.</summary>
internal sealed class ReadBatch(int maxRecords, long maxBytes) : IDisposable
{
    private readonly List<byte[]> _buffers = [];

    public List<StoredRecord> Records { get; } = [];

    /// <summary>Key and data bytes of the records.</summary>
    public long Bytes { get; private set; }

    /// <summary>Records that were ever added.</summary>
    public long Added { get; private set; }

    /// <summary>Whether there is nothing more to be added.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Counter of the last record that may be seen.</summary>
    public long LastVisible { get; set; } = long.MaxValue;

    /// <summary>Counter to continue from.</summary>
    public long NextCounter { get; set; }

    /// <summary>Arrival of the first record that was not taken; null if there was none.</summary>
    public long? NextArrivalMs { get; private set; }

    public int Room => maxRecords - Records.Count;

    public long ByteRoom => maxBytes - Bytes;

    /// <summary>False if the record does not fit any more; the first one always fits.</summary>
    public bool HasRoomFor(in EntryHeader header)
    {
        var fits = Records.Count == 0 || header.Counter < Records[^1].Counter || (Room > 0 && header.KeyLength + header.DataLength <= ByteRoom);
        NextArrivalMs = fits ? null : header.ArrivalMs;
        IsComplete = !fits;
        return fits;
    }

    public void Add(in EntryHeader header, ReadOnlyMemory<byte> keyAndData)
    {
        // What filled a gap stands behind the record that it comes before.
        var isLast = Records.Count == 0 || Records[^1].Counter < header.Counter;
        Records.Insert(isLast ? Records.Count : Records.Count - 1, new StoredRecord(
            header.Counter, header.ArrivalMs, keyAndData[..header.KeyLength], keyAndData[header.KeyLength..]));
        Bytes += keyAndData.Length;
        Added++;
        if (Records.Count > maxRecords)
        {
            IsComplete = true;
            NextArrivalMs = Records[^1].ArrivalMs;
            Bytes -= Records[^1].Key.Length + Records[^1].Data.Length;
            Records.RemoveAt(Records.Count - 1);
        }
    }

    /// <summary>Takes a rented buffer that records point into.</summary>
    public void Keep(byte[] buffer) => _buffers.Add(buffer);

    public void Dispose()
    {
        foreach (var buffer in _buffers)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _buffers.Clear();
        Records.Clear();
    }
}
