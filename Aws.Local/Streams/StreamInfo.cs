namespace DataProcessor.Aws.Local.Streams;

/// <summary>What is known of a stream apart from its records: the content of its metadata file.</summary>
/// <param name="Name">Unique among the streams that exist.</param>
/// <param name="CreationMs">Epoch ms; unique among all streams that ever existed in the data folder.</param>
/// <param name="RetentionHours">How long records stay visible.</param>
/// <param name="MaxRecordSizeInKiB">Largest record, partition key included.</param>
/// <param name="Shards">By index; closed ones stay until their records have expired. The last one is always open.</param>
/// <param name="Pending">A reshard that is due.</param>
/// <param name="Registered">Its consumers; null: none.</param>
/// <param name="ShardCountUpdatesMs">When UpdateShardCount was called, as far as it counts; null: never.</param>
internal sealed record StreamInfo(
    string Name,
    long CreationMs,
    int RetentionHours,
    int MaxRecordSizeInKiB,
    IReadOnlyList<ShardInfo> Shards,
    PendingReshard? Pending = null,
    IReadOnlyList<ConsumerInfo>? Registered = null,
    IReadOnlyList<long>? ShardCountUpdatesMs = null)
{
    public IReadOnlyList<ConsumerInfo> Consumers => Registered ?? [];

    public int OpenShardCount => Shards.Count(shard => shard.ClosedMs is null);

    public long MaxRecordBytes => MaxRecordSizeInKiB * 1024L;

    /// <summary>Records that arrived earlier are gone.</summary>
    public long OldestVisibleMs(long nowMs) => nowMs - (RetentionHours * 3_600_000L);

    /// <summary>The oldest time of which there are records.</summary>
    public long HorizonMs(long nowMs) => Math.Max(CreationMs, OldestVisibleMs(nowMs));

    public static StreamInfo Create(string name, int shardCount, long creationMs, int retentionHours, int maxRecordSizeInKiB) => new(
        name,
        creationMs,
        retentionHours,
        maxRecordSizeInKiB,
        [.. HashRange.Uniform(shardCount).Select((range, index) => new ShardInfo(index, range, null, null, creationMs))]);
}
