namespace DataProcessor.Aws.Kinesis;

/// <summary>Where GetShardIterator starts: Kinesis' ShardIteratorType and its argument.</summary>
public readonly record struct ShardIteratorStart(string Type, string? SequenceNumber, DateTimeOffset? Timestamp)
{
    /// <summary>The oldest record that is kept.</summary>
    public static ShardIteratorStart TrimHorizon => new("TRIM_HORIZON", null, null);

    /// <summary>Records that arrive after the call.</summary>
    public static ShardIteratorStart Latest => new("LATEST", null, null);

    public static ShardIteratorStart At(string sequenceNumber) => new("AT_SEQUENCE_NUMBER", sequenceNumber, null);

    public static ShardIteratorStart After(string sequenceNumber) => new("AFTER_SEQUENCE_NUMBER", sequenceNumber, null);

    /// <summary>The first record that arrived at or after the time.</summary>
    public static ShardIteratorStart AtTime(DateTimeOffset time) => new("AT_TIMESTAMP", null, time);
}
