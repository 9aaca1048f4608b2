namespace DataProcessor.Grains.Leases;

/// <summary>Which shards have leases: as an audit left them, and as they have become since.</summary>
/// <param name="stream">The stream.</param>
/// <param name="leased">Ids of the shards with a lease.</param>
/// <param name="finished">Those of them that are processed to their end.</param>
internal sealed class LeaseCoverage(StreamIdentity stream, IReadOnlySet<string> leased, IReadOnlySet<string> finished)
{
    private readonly HashSet<string> _finishedSince = [];

    public StreamIdentity Stream => stream;

    /// <summary>Whether the shard was processed to its end when the leases were looked at.</summary>
    public bool IsFinished(string shardId) => finished.Contains(shardId);

    /// <summary>
    /// Whether the shard is to be read: a closed one without a lease is not, because it is older than where the
    /// application began, or was finished so long ago that its lease is gone.
    /// </summary>
    public bool IsLeased(Shard shard) => leased.Contains(shard.Id) || shard.Parents.Any(_finishedSince.Contains);

    /// <summary>A reader has come to the end of the shard, and has made its children's leases.</summary>
    public void OnFinished(string shardId)
    {
        if (!finished.Contains(shardId))
        {
            _finishedSince.Add(shardId);
        }
    }
}
