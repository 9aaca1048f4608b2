using System.Buffers;

namespace DataProcessor.Grains.Aggregation;

/// <summary>
/// A key table of an aggregate: the distinct keys in the order in which they were first seen. Open addressing over
/// pooled arrays; keys stay where they are (in the buffers of the puts), so a key costs no allocation.
/// </summary>
internal sealed class AggregateWriterKeys : IDisposable
{
    private const int SmallestCapacity = 64;

    private ReadOnlyMemory<byte>[] _keys = [];

    // Index + 1 of a key, 0 for none; a power of two and at most half full, so that probes stay short.
    private int[] _slots = [];
    private int _mask;

    public int Count { get; private set; }

    public ReadOnlySpan<ReadOnlyMemory<byte>> Keys => _keys.AsSpan(0, Count);

    /// <summary>Index of the key, or <see cref="Count"/> if it is new: the index it would get.</summary>
    /// <param name="slot">Where <see cref="Add"/> puts a new key; valid until the next change.</param>
    public int Find(ReadOnlySpan<byte> key, out int slot)
    {
        EnsureRoom();

        // Clients choose the keys: the runtime's seeded hash keeps them from choosing collisions.
        var hash = default(HashCode);
        hash.AddBytes(key);
        for (slot = hash.ToHashCode() & _mask; _slots[slot] != 0; slot = (slot + 1) & _mask)
        {
            var index = _slots[slot] - 1;
            if (_keys[index].Span.SequenceEqual(key))
            {
                return index;
            }
        }

        return Count;
    }

    public void Add(int slot, ReadOnlyMemory<byte> key)
    {
        _keys[Count++] = key;
        _slots[slot] = Count;
    }

    public void Clear()
    {
        // References to the puts' buffers must not outlive the aggregate.
        _keys.AsSpan(0, Count).Clear();
        if (Count > 0)
        {
            _slots.AsSpan(0, _mask + 1).Clear();
        }

        Count = 0;
    }

    public void Dispose()
    {
        Clear();
        Return(_keys, _slots);
        (_keys, _slots, _mask) = ([], [], 0);
    }

    private void EnsureRoom()
    {
        var capacity = _slots.Length == 0 ? 0 : _mask + 1;
        if (Count < capacity / 2)
        {
            return;
        }

        var (oldKeys, oldSlots) = (_keys, _slots);
        var grown = Math.Max(capacity * 2, SmallestCapacity);
        _keys = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(grown / 2);
        _slots = ArrayPool<int>.Shared.Rent(grown);
        _slots.AsSpan(0, grown).Clear();
        _mask = grown - 1;
        oldKeys.AsSpan(0, Count).CopyTo(_keys);
        for (var i = 0; i < Count; i++)
        {
            var hash = default(HashCode);
            hash.AddBytes(_keys[i].Span);
            var slot = hash.ToHashCode() & _mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & _mask;
            }

            _slots[slot] = i + 1;
        }

        oldKeys.AsSpan(0, Count).Clear();
        Return(oldKeys, oldSlots);
    }

    private static void Return(ReadOnlyMemory<byte>[] keys, int[] slots)
    {
        if (keys.Length > 0)
        {
            ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(keys);
            ArrayPool<int>.Shared.Return(slots);
        }
    }
}
