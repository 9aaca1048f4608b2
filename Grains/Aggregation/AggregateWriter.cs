using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Grains.Aggregation;

/// <summary>
/// Packs framed user records into one Kinesis record in KPL's format: one record goes raw under its own partition
/// key, two or more as an aggregate. Nothing is copied before <see cref="Finish"/>: until then it holds views of the
/// frames and knows the exact size of the result. It writes one Kinesis record at a time into a buffer that it
/// keeps.
/// </summary>
/// <param name="maxCount">User records an aggregate may hold.</param>
/// <param name="outerPartitionKey">Partition key of the aggregates; ASCII.</param>
/// <param name="incarnation">Name of the producer's activation in the <see cref="AggregateTag"/>; null leaves the tag out.</param>
internal sealed partial class AggregateWriter(
    int maxCount,
    string outerPartitionKey = AggregateFormat.OuterPartitionKey,
    ulong? incarnation = null) : IDisposable
{
    private readonly byte[] _keylessHashKey = new byte[HashKey.Size];
    private readonly AggregateWriterKeys _partitionKeys = new();
    private readonly AggregateWriterKeys _hashKeys = new();
    private readonly int _tagSize = incarnation is null ? 0 : AggregateWriterCursor.SizeOfField(TagContentSize);
    private Entry[] _entries = [];
    private byte[] _buffer = [];
    private int _messageSize;
    private int _rawSize;
    private bool _looksAggregated;

    private static int TagContentSize =>
        AggregateWriterCursor.SizeOfField(AggregateTag.Key.Length) + AggregateWriterCursor.SizeOfField(AggregateTag.ValueSize);

    /// <summary>User records added since the last <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Lowest hash key added.</summary>
    public HashKey Lowest { get; private set; }

    /// <summary>Highest hash key added.</summary>
    public HashKey Highest { get; private set; }

    /// <summary>
    /// Whether the result is an aggregate. One record is sent raw, unless its own data begins as aggregates do: a
    /// reader would take the user's bytes apart, so such a record travels as an aggregate of one.
    /// </summary>
    public bool IsAggregate => Count > 1 || (Count == 1 && _looksAggregated);

    /// <summary>What Kinesis counts of the result: data and partition key, in bytes.</summary>
    public int Size => Count == 0 ? 0 : IsAggregate ? SizeAround(_messageSize) : _rawSize;

    /// <summary>Explicit hash key that records without a key of their own get.</summary>
    public HashKey KeylessHashKey
    {
        get => new(BinaryPrimitives.ReadUInt128BigEndian(_keylessHashKey));
        init => BinaryPrimitives.WriteUInt128BigEndian(_keylessHashKey, value.Value);
    }

    /// <summary>
    /// Adds the frame at the start of <paramref name="frames"/> and returns its length; 0, and nothing is added, when
    /// the result would exceed <paramref name="maxSize"/> or the count. The first record is always taken: what is
    /// larger than an aggregate may be goes alone.
    /// </summary>
    /// <param name="frames">Must stay unchanged until <see cref="Finish"/>.</param>
    /// <param name="maxSize">Most bytes of <see cref="Size"/>.</param>
    public int Add(ReadOnlyMemory<byte> frames, int maxSize)
    {
        var record = RecordFrame.Read(frames.Span);
        var isExplicit = record.HasExplicitHashKey || record.IsKeyless;
        var hashKey = record.IsKeyless ? _keylessHashKey : frames[..HashKey.Size];

        var partitionKeyIndex = _partitionKeys.Find(record.PartitionKey, out var partitionKeySlot);
        var isNewPartitionKey = partitionKeyIndex == _partitionKeys.Count;
        var hashKeyIndex = -1;
        var hashKeySlot = -1;
        if (isExplicit)
        {
            hashKeyIndex = _hashKeys.Find(hashKey.Span, out hashKeySlot);
        }

        var isNewHashKey = isExplicit && hashKeyIndex == _hashKeys.Count;
        var value = new HashKey(BinaryPrimitives.ReadUInt128BigEndian(hashKey.Span));
        var added = (isNewPartitionKey ? AggregateWriterCursor.SizeOfField(record.PartitionKey.Length) : 0)
            + (isNewHashKey ? AggregateWriterCursor.SizeOfField(AggregateWriterDecimal.LengthOf(value.Value)) : 0)
            + AggregateWriterCursor.SizeOfField(ContentSize(partitionKeyIndex, hashKeyIndex, record.Data.Length, Count == 0));
        if (Count > 0 && (Count >= maxCount || SizeAround(_messageSize + added) > maxSize))
        {
            return 0;
        }

        if (isNewPartitionKey)
        {
            _partitionKeys.Add(partitionKeySlot, frames.Slice(RecordFrame.HeaderSize, record.PartitionKey.Length));
        }

        if (isNewHashKey)
        {
            _hashKeys.Add(hashKeySlot, hashKey);
        }

        var length = record.Length;
        Append(new(frames[..length], partitionKeyIndex, hashKeyIndex), value);
        _messageSize += added;
        if (Count == 1)
        {
            _rawSize = record.PartitionKey.Length + record.Data.Length;
            _looksAggregated = record.Data.StartsWith(AggregateFormat.Magic);
        }

        return length;
    }

    /// <summary>Bytes that one record takes when it is sent alone, wrapped if its data looks like an aggregate.</summary>
    public static int SizeAlone(in RecordFrame record)
    {
        var raw = record.PartitionKey.Length + record.Data.Length;
        return record.Data.StartsWith(AggregateFormat.Magic) ? raw + MostOverheadOfOne : raw;
    }

    /// <summary>Writes the Kinesis record; its data is valid until <see cref="Clear"/>.</summary>
    /// <param name="counter">Goes into the tag of an aggregate.</param>
    public PutRecordsEntry Finish(ulong counter)
    {
        ObjectDisposedException.ThrowIf(_entries.Length == 0, this);
        ref var first = ref _entries[0];
        var record = RecordFrame.Read(first.Frame.Span);
        var hashKey = record.IsKeyless ? KeylessHashKey : record.HashKey;
        if (!IsAggregate)
        {
            // The data is sent from where it lies.
            return new(Encoding.UTF8.GetString(record.PartitionKey), hashKey.ToString(), first.Frame[^record.Data.Length..]);
        }

        var size = AggregateFormat.MagicSize + _messageSize + AggregateFormat.DigestSize;
        EnsureBuffer(size);
        AggregateFormat.Magic.CopyTo(_buffer);
        var message = _buffer.AsSpan(AggregateFormat.MagicSize, _messageSize);
        WriteMessage(message, counter);
        MD5.HashData(message, _buffer.AsSpan(AggregateFormat.MagicSize + _messageSize));
        return new(outerPartitionKey, hashKey.ToString(), _buffer.AsMemory(0, size));
    }

    private int SizeAround(int messageSize) =>
        outerPartitionKey.Length + AggregateFormat.MagicSize + messageSize + AggregateFormat.DigestSize;

    private int ContentSize(int partitionKeyIndex, int hashKeyIndex, int dataLength, bool isFirst) =>
        1 + AggregateWriterCursor.SizeOfVarint(partitionKeyIndex)
        + (hashKeyIndex >= 0 ? 1 + AggregateWriterCursor.SizeOfVarint(hashKeyIndex) : 0)
        + AggregateWriterCursor.SizeOfField(dataLength)
        + (isFirst ? _tagSize : 0);

    private void WriteMessage(Span<byte> message, ulong counter)
    {
        var cursor = new AggregateWriterCursor(message);
        foreach (var key in _partitionKeys.Keys)
        {
            cursor.Bytes(AggregateFormat.PartitionKeyTableField, key.Span);
        }

        foreach (var key in _hashKeys.Keys)
        {
            var value = BinaryPrimitives.ReadUInt128BigEndian(key.Span);
            AggregateWriterDecimal.Write(value, cursor.Reserve(AggregateFormat.ExplicitHashKeyTableField, AggregateWriterDecimal.LengthOf(value)));
        }

        for (var i = 0; i < Count; i++)
        {
            ref var entry = ref _entries[i];
            var data = RecordFrame.Read(entry.Frame.Span).Data;
            cursor.Open(AggregateFormat.RecordsField, ContentSize(entry.PartitionKeyIndex, entry.HashKeyIndex, data.Length, i == 0));
            cursor.Varint(AggregateFormat.PartitionKeyIndexField, entry.PartitionKeyIndex);
            if (entry.HashKeyIndex >= 0)
            {
                cursor.Varint(AggregateFormat.ExplicitHashKeyIndexField, entry.HashKeyIndex);
            }

            cursor.Bytes(AggregateFormat.DataField, data);
            if (i == 0 && incarnation is { } name)
            {
                cursor.Open(AggregateFormat.TagsField, TagContentSize);
                cursor.Bytes(AggregateFormat.TagKeyField, AggregateTag.Key);
                new AggregateTag(name, counter, Lowest, Highest)
                    .Write(cursor.Reserve(AggregateFormat.TagValueField, AggregateTag.ValueSize));
            }
        }
    }
}
