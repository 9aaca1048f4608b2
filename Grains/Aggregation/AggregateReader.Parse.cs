using System.Security.Cryptography;

namespace DataProcessor.Grains.Aggregation;

/// <summary>
/// Reads an aggregate into tables of offsets before anything is delivered: the tables may stand after the records, and
/// an aggregate that is broken at its end is no aggregate at all.
/// </summary>
internal sealed partial class AggregateReader
{
    private const int Absent = -1;

    /// <summary>Rows that a table keeps room for from one aggregate to the next: 64 Ki × at most 16 bytes.</summary>
    private const int MaxRetainedRows = 64 * 1024;

    private readonly List<TableKey> _partitionKeys = [];
    private readonly List<TableKey> _explicitHashKeys = [];
    private readonly List<Entry> _entries = [];
    private ReadOnlyMemory<byte> _protobuf;
    private AggregateTag? _tag;

    private record struct TableKey(int Start, int Length)
    {
        /// <summary>Null until it is asked for.</summary>
        public bool? IsInRange { get; set; }
    }

    private readonly record struct Entry(int PartitionKey, int ExplicitHashKey, int DataStart, int DataLength);

    private bool TryParse(ReadOnlyMemory<byte> record)
    {
        Clear(_partitionKeys);
        Clear(_explicitHashKeys);
        Clear(_entries);
        _tag = null;
        _protobuf = default;

        var bytes = record.Span;
        if (!bytes.StartsWith(AggregateFormat.Magic) ||
            bytes.Length <= AggregateFormat.MagicSize + AggregateFormat.DigestSize)
        {
            return false;
        }

        var protobuf = record[AggregateFormat.MagicSize..^AggregateFormat.DigestSize];
        Span<byte> digest = stackalloc byte[AggregateFormat.DigestSize];
        MD5.HashData(protobuf.Span, digest);
        if (!bytes.EndsWith(digest))
        {
            return false;
        }

        _protobuf = protobuf;
        return TryParseAggregate(protobuf.Span) && _entries.TrueForAll(HasItsKeys);
    }

    private bool HasItsKeys(Entry entry) =>
        entry.PartitionKey < _partitionKeys.Count && entry.ExplicitHashKey < _explicitHashKeys.Count;

    private bool TryParseAggregate(ReadOnlySpan<byte> protobuf)
    {
        var cursor = new Cursor(protobuf, 0, protobuf.Length);
        while (!cursor.IsAtEnd)
        {
            if (!cursor.TryReadFieldKey(out var key))
            {
                return false;
            }

            switch (key)
            {
                case AggregateFormat.PartitionKeyTableField when cursor.TryReadBytes(out var start, out var length):
                    _partitionKeys.Add(new(start, length));
                    break;
                case AggregateFormat.ExplicitHashKeyTableField when cursor.TryReadBytes(out var start, out var length):
                    _explicitHashKeys.Add(new(start, length));
                    break;
                case AggregateFormat.RecordsField when cursor.TryReadBytes(out var start, out var length)
                        && TryParseRecord(new Cursor(protobuf, start, start + length)):
                    break;
                case AggregateFormat.PartitionKeyTableField
                    or AggregateFormat.ExplicitHashKeyTableField
                    or AggregateFormat.RecordsField:
                    return false;
                default:
                    if (!cursor.TrySkip(key))
                    {
                        return false;
                    }

                    break;
            }
        }

        return true;
    }

    private bool TryParseRecord(Cursor cursor)
    {
        var (partitionKey, explicitHashKey, dataStart, dataLength) = new Entry(Absent, Absent, Absent, 0);
        while (!cursor.IsAtEnd)
        {
            if (!cursor.TryReadFieldKey(out var key))
            {
                return false;
            }

            var isRead = key switch
            {
                AggregateFormat.PartitionKeyIndexField => cursor.TryReadIndex(out partitionKey),
                AggregateFormat.ExplicitHashKeyIndexField => cursor.TryReadIndex(out explicitHashKey),
                AggregateFormat.DataField => cursor.TryReadBytes(out dataStart, out dataLength),
                AggregateFormat.TagsField => cursor.TryReadBytes(out var start, out var length)
                    && TryParseTag(cursor.Part(start, length), isFirstRecord: _entries.Count == 0),
                _ => cursor.TrySkip(key),
            };
            if (!isRead)
            {
                return false;
            }
        }

        _entries.Add(new(partitionKey, explicitHashKey, dataStart, dataLength));
        return partitionKey != Absent && dataStart != Absent;
    }

    private bool TryParseTag(Cursor cursor, bool isFirstRecord)
    {
        var (keyStart, keyLength, valueStart, valueLength) = (Absent, 0, 0, 0);
        while (!cursor.IsAtEnd)
        {
            if (!cursor.TryReadFieldKey(out var key))
            {
                return false;
            }

            var isRead = key switch
            {
                AggregateFormat.TagKeyField => cursor.TryReadBytes(out keyStart, out keyLength),
                AggregateFormat.TagValueField => cursor.TryReadBytes(out valueStart, out valueLength),
                _ => cursor.TrySkip(key),
            };
            if (!isRead)
            {
                return false;
            }
        }

        if (keyStart == Absent)
        {
            return false;
        }

        var bytes = _protobuf.Span;
        if (isFirstRecord &&
            bytes.Slice(keyStart, keyLength).SequenceEqual(AggregateTag.Key) &&
            AggregateTag.TryRead(bytes.Slice(valueStart, valueLength), out var tag))
        {
            _tag = tag;
        }

        return true;
    }

    private static void Clear<T>(List<T> table)
    {
        table.Clear();
        if (table.Capacity > MaxRetainedRows)
        {
            table.Capacity = 0;
        }
    }
}
