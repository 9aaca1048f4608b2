namespace DataProcessor.Aws.Local.Streams;

/// <summary>ListShards' filter; the default takes every shard that still exists.</summary>
/// <param name="Type">Null, or one of <see cref="Types"/>.</param>
/// <param name="AfterIndex">Of AFTER_SHARD_ID.</param>
/// <param name="TimestampMs">Of AT_TIMESTAMP and FROM_TIMESTAMP.</param>
internal readonly record struct ShardFilter(string? Type, int AfterIndex = -1, long TimestampMs = 0)
{
    public static readonly string[] Types =
        ["AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP"];

    /// <param name="shard">The shard.</param>
    /// <param name="horizonMs">Start of what is kept: now less retention, but not before the stream's creation.</param>
    public bool Matches(ShardInfo shard, long horizonMs)
    {
        if (shard.HasExpired(horizonMs))
        {
            return false;
        }

        var from = Math.Max(TimestampMs, horizonMs);
        return Type switch
        {
            null or "FROM_TRIM_HORIZON" => true,
            "AFTER_SHARD_ID" => shard.Index > AfterIndex,
            "AT_LATEST" => shard.ClosedMs is null,
            "AT_TRIM_HORIZON" => WasOpen(shard, horizonMs),
            "AT_TIMESTAMP" => WasOpen(shard, from),
            "FROM_TIMESTAMP" => shard.ClosedMs is null || shard.ClosedMs >= from,
            _ => throw new ArgumentOutOfRangeException(nameof(shard), Type, "Not a shard filter."),
        };
    }

    private static bool WasOpen(ShardInfo shard, long atMs) =>
        shard.CreatedMs <= atMs && (shard.ClosedMs is null || shard.ClosedMs > atMs);
}
