namespace DataProcessor.Aws.Local.Streams;

/// <summary>What is known of a stream apart from its records: the content of its metadata file.</summary>
/// <param name="Name">Unique among the streams that exist.</param>
/// <param name="CreationMs">Epoch ms; unique among all streams that ever existed in the data folder.</param>
/// <param name="RetentionHours">How long records stay visible.</param>
/// <param name="MaxRecordSizeInKiB">Largest record, partition key included.</param>
/// <param name="Shards">By index; closed ones stay until their records have expired.</param>
internal sealed record StreamInfo(
    string Name,
    long CreationMs,
    int RetentionHours,
    int MaxRecordSizeInKiB,
    IReadOnlyList<ShardInfo> Shards)
{
    public long MaxRecordBytes => MaxRecordSizeInKiB * 1024L;

    /// <summary>Records that arrived earlier are gone.</summary>
    public long OldestVisibleMs(long nowMs) => nowMs - (RetentionHours * 3_600_000L);

    public static StreamInfo Create(string name, int shardCount, long creationMs, int retentionHours, int maxRecordSizeInKiB) => new(
        name,
        creationMs,
        retentionHours,
        maxRecordSizeInKiB,
        [.. HashRange.Uniform(shardCount).Select((range, index) => new ShardInfo(index, range, null, null, creationMs))]);
}
