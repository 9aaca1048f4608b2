using System.Buffers;

namespace DataProcessor.Grains.Aggregation;

/// <summary>What the writer keeps between records: pooled, given back when it has nothing to write.</summary>
internal sealed partial class AggregateWriter
{
    // Around a single record: both tables, the record's own fields and the tag need less than this besides the keys.
    private const int MostOverheadOfOne = 192;

    /// <summary>Forgets the records and gives the large buffers back, so that an idle lane holds none.</summary>
    public void Clear()
    {
        _entries.AsSpan(0, Count).Clear();
        Return();
        _partitionKeys.Clear();
        _hashKeys.Clear();
        (Count, _messageSize, _rawSize, _looksAggregated) = (0, 0, 0, false);
    }

    public void Dispose()
    {
        Clear();
        _partitionKeys.Dispose();
        _hashKeys.Dispose();
    }

    private void Append(Entry entry, HashKey hashKey)
    {
        if (Count == _entries.Length)
        {
            var grown = ArrayPool<Entry>.Shared.Rent(Math.Max(64, Count * 2));
            _entries.AsSpan(0, Count).CopyTo(grown);
            if (Count > 0)
            {
                ArrayPool<Entry>.Shared.Return(_entries, clearArray: true);
            }

            _entries = grown;
        }

        _entries[Count] = entry;
        Lowest = Count == 0 || hashKey < Lowest ? hashKey : Lowest;
        Highest = Count == 0 || hashKey > Highest ? hashKey : Highest;
        Count++;
    }

    private void EnsureBuffer(int size)
    {
        if (_buffer.Length < size)
        {
            if (_buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
            }

            _buffer = ArrayPool<byte>.Shared.Rent(size);
        }
    }

    private void Return()
    {
        if (_entries.Length > 0)
        {
            ArrayPool<Entry>.Shared.Return(_entries);
            _entries = [];
        }

        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    /// <summary>A record by its place in the put's buffer and its keys' places in the tables (−1: no explicit hash key).</summary>
    private readonly record struct Entry(ReadOnlyMemory<byte> Frame, int PartitionKeyIndex, int HashKeyIndex);
}
