using System.Buffers;
using System.Text;
using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Grains.Aggregation;

/// <summary>
/// Takes the Kinesis records of one shard apart into user records: views over the Kinesis record's own memory, no
/// allocation and no string per record. Never throws, whatever the bytes are: a record that is not an aggregate is
/// delivered as it is. Not thread-safe; its tables are reused from record to record.
/// </summary>
/// <param name="range">The shard's hash keys.</param>
/// <param name="streamEpoch">Creation epoch of the shard's stream, in Unix seconds.</param>
internal sealed partial class AggregateReader(HashKeyRange range, long streamEpoch)
{
    /// <summary>
    /// Appends the user records of <paramref name="record"/> to <paramref name="slots"/>, with
    /// <paramref name="parent"/> as their parent. Sub-sequence numbers count positions in the aggregate, those of
    /// dropped records included.
    /// </summary>
    public AggregateReaderResult Read(in KinesisRecord record, int parent, IBufferWriter<UserRecordSlot> slots)
    {
        if (!TryParse(record.Data))
        {
            slots.GetSpan(1)[0] = new(record.Data, record.PartitionKey, parent, 0);
            slots.Advance(1);
            return new(Total: 1, Dropped: 0, IsAggregate: false);
        }

        var rule = RuleFor(record.PartitionKey.Span);
        var delivered = rule == Rule.WholeOrNothing && !IsWholeInRange()
            ? 0
            : Append(slots, parent, onlyInRange: rule == Rule.EachByItsKey);
        _protobuf = default; // An idle reader is not to keep a page of 10 MiB alive.
        return new(_entries.Count, _entries.Count - delivered, IsAggregate: true);
    }

    private enum Rule
    {
        /// <summary>Any other aggregator packs any keys under the first record's: all of them are meant for this shard.</summary>
        All,

        /// <summary>Our producer settles an aggregate whole, or sends all of it again.</summary>
        WholeOrNothing,

        /// <summary>KPL reports those inside the shard's range as delivered and sends the others again.</summary>
        EachByItsKey,
    }

    private static Rule RuleFor(ReadOnlySpan<byte> outerPartitionKey)
    {
        if (Ascii.Equals(outerPartitionKey, AggregateFormat.OuterPartitionKey))
        {
            return Rule.WholeOrNothing;
        }

        return Ascii.Equals(outerPartitionKey, AggregateFormat.KplOuterPartitionKey) ? Rule.EachByItsKey : Rule.All;
    }

    private int Append(IBufferWriter<UserRecordSlot> slots, int parent, bool onlyInRange)
    {
        if (_entries.Count == 0)
        {
            return 0;
        }

        var to = slots.GetSpan(_entries.Count);
        var count = 0;
        for (var i = 0; i < _entries.Count; i++)
        {
            var entry = _entries[i];
            if (onlyInRange && !IsInRange(entry))
            {
                continue;
            }

            var key = _partitionKeys[entry.PartitionKey];
            to[count++] = new(
                _protobuf.Slice(entry.DataStart, entry.DataLength),
                _protobuf.Slice(key.Start, key.Length),
                parent,
                SubSequenceNumber: i);
        }

        slots.Advance(count);
        return count;
    }
}
