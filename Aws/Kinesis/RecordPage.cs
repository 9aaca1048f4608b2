namespace DataProcessor.Aws.Kinesis;

/// <summary>What GetRecords' answer and SubscribeToShard's event have in common: records, and where to go on from.</summary>
/// <param name="Cursor">NextShardIterator or ContinuationSequenceNumber; null at the end of the shard.</param>
internal readonly record struct RecordPage(
    KinesisRecord[] Records, string? Cursor, long MillisBehindLatest, ChildShard[] ChildShards)
{
    /// <param name="bytes">CBOR or JSON. The records may be views over it, so it is theirs from here on.</param>
    /// <param name="cursorName">Name of the field that becomes <see cref="Cursor"/>.</param>
    public static RecordPage Decode(Memory<byte> bytes, ReadOnlySpan<byte> cursorName) => WireFormat.IsJson(bytes.Span)
        ? RecordPageJson.Decode(bytes.Span, cursorName)
        : RecordPageCbor.Decode(bytes, cursorName);
}
