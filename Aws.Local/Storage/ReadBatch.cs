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

    /// <summary>Counter to continue from.</summary>
    public long NextCounter { get; set; }

    /// <summary>Arrival of the first record that was not taken; null if there was none.</summary>
    public long? NextArrivalMs { get; private set; }

    public int Room => maxRecords - Records.Count;

    public long ByteRoom => maxBytes - Bytes;

    /// <summary>False if the record does not fit any more; the first one always fits.</summary>
    public bool HasRoomFor(in EntryHeader header)
    {
        var fits = Records.Count == 0 || (Room > 0 && header.KeyLength + header.DataLength <= ByteRoom);
        NextArrivalMs = fits ? null : header.ArrivalMs;
        return fits;
    }

    public void Add(in EntryHeader header, ReadOnlyMemory<byte> keyAndData)
    {
        Records.Add(new StoredRecord(
            header.Counter, header.ArrivalMs, keyAndData[..header.KeyLength], keyAndData[header.KeyLength..]));
        Bytes += keyAndData.Length;
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
