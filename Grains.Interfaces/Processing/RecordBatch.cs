namespace DataProcessor;

/// <summary>
/// User records of one shard in order, deaggregated. Valid until the processor's task completes.
/// </summary>
public sealed class RecordBatch
{
    private readonly ReadOnlyMemory<UserRecordSlot> _slots;
    private readonly KinesisRecordHeader[] _parents;

    internal RecordBatch(
        string streamName,
        string shardId,
        long millisBehindLatest,
        ReadOnlyMemory<UserRecordSlot> slots,
        KinesisRecordHeader[] parents)
    {
        StreamName = streamName;
        ShardId = shardId;
        MillisBehindLatest = millisBehindLatest;
        _slots = slots;
        _parents = parents;
    }

    public string StreamName { get; }

    public string ShardId { get; }

    /// <summary>How far, in ms, the end of this read was behind the shard's newest record.</summary>
    public long MillisBehindLatest { get; }

    public int Count => _slots.Length;

    /// <summary>Number of records from the first that the processor has declared handled.</summary>
    public int DoneCount { get; private set; }

    public UserRecord this[int index] => new(this, index);

    /// <summary>
    /// Declares the records up to and including <paramref name="index"/> handled: should the processor fail afterwards,
    /// or the reader stop, they do not come again.
    /// </summary>
    public void Done(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        DoneCount = Math.Max(DoneCount, index + 1);
    }

    public Enumerator GetEnumerator() => new(this);

    internal ref readonly UserRecordSlot Slot(int index) => ref _slots.Span[index];

    internal ref readonly KinesisRecordHeader Parent(int index) => ref _parents[_slots.Span[index].Parent];

    /// <summary>Enumerates the records without allocating.</summary>
    public struct Enumerator
    {
        private readonly RecordBatch _batch;
        private int _index;

        internal Enumerator(RecordBatch batch)
        {
            _batch = batch;
            _index = -1;
        }

        public readonly UserRecord Current => _batch[_index];

        public bool MoveNext() => ++_index < _batch.Count;
    }
}
