using System.Buffers;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Aggregation;

namespace DataProcessor.Grains.Reading;

/// <summary>User records that are dispatched together; valid until the next one is decoded.</summary>
/// <param name="Slots">May be empty, if nothing of what was read is to be handed over.</param>
/// <param name="Parents">At least the Kinesis records that the slots name.</param>
/// <param name="End">What is handled once all slots are: the last position that was read, dropped records included.</param>
internal readonly record struct DecodedBatch(
    ReadOnlyMemory<UserRecordSlot> Slots,
    KinesisRecordHeader[] Parents,
    StreamPosition End);

/// <summary>
/// Makes batches of user records out of one page at a time. Its tables are reused from batch to batch and hold nothing
/// of a page once the next is loaded or <see cref="Clear"/> was called.
/// </summary>
internal sealed class BatchDecoder(
    HashKeyRange range, long streamEpoch, int maxBatchRecords, ReaderProgress progress, ShardInstruments instruments)
{
    private readonly AggregateReader _aggregates = new(range, streamEpoch);
    private readonly ArrayBufferWriter<UserRecordSlot> _slots = new();
    private KinesisRecordHeader[] _parents = [];
    private KinesisRecord[] _records = [];
    private int _next;
    private StreamPosition? _resumeAfter;

    /// <summary>What is at or before the position is handled already, and is dropped; null to drop nothing.</summary>
    public void ResumeAfter(StreamPosition? position) => _resumeAfter = position;

    /// <summary>Takes up a page; its records come out of <see cref="TryNext"/>.</summary>
    public void Load(KinesisRecord[] page)
    {
        _records = page;
        _next = 0;
    }

    /// <summary>Decodes the page's next batch: whole Kinesis records, until it has enough.</summary>
    public bool TryNext(out DecodedBatch batch)
    {
        _slots.Clear();
        batch = default;
        if (_next == _records.Length)
        {
            Clear();
            return false;
        }

        var (parents, handled, outOfRange) = (0, 0, 0);
        var end = default(StreamPosition);
        while (_next < _records.Length && _slots.WrittenCount - handled < maxBatchRecords)
        {
            ref readonly var record = ref _records[_next++];
            var sequenceNumber = new SequenceNumber(record.SequenceNumber);
            var before = _slots.WrittenCount;
            AddParent(parents, new(sequenceNumber, record.ArrivalTime));
            var result = _aggregates.Read(record, parents++, _slots);
            outOfRange += result.Dropped;
            end = new(sequenceNumber, Math.Max(result.Total - 1, 0));
            handled += CountHandled(sequenceNumber, before);
        }

        progress.Duplicates += handled;
        instruments.OnDropped(outOfRange, handled);
        batch = new(_slots.WrittenMemory[handled..], _parents, _resumeAfter is { } floor && end < floor ? floor : end);
        return true;
    }

    /// <summary>Lets go of the page.</summary>
    public void Clear()
    {
        _slots.Clear();
        _records = [];
        _next = 0;
    }

    /// <summary>
    /// How many of the slots from <paramref name="first"/> are handled already. Positions ascend, so these are the
    /// batch's first ones.
    /// </summary>
    private int CountHandled(SequenceNumber sequenceNumber, int first)
    {
        if (_resumeAfter is not { } position)
        {
            return 0;
        }

        var order = sequenceNumber.CompareTo(position.SequenceNumber);
        if (order > 0)
        {
            _resumeAfter = null;
            return 0;
        }

        var slots = _slots.WrittenSpan[first..];
        var count = 0;
        while (count < slots.Length && (order < 0 || slots[count].SubSequenceNumber <= position.SubSequenceNumber))
        {
            count++;
        }

        return count;
    }

    private void AddParent(int index, KinesisRecordHeader parent)
    {
        if (index == _parents.Length)
        {
            Array.Resize(ref _parents, Math.Max(16, index * 2));
        }

        _parents[index] = parent;
    }
}
