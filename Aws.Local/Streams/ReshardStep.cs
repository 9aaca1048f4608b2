namespace DataProcessor.Aws.Local.Streams;

/// <summary>
/// One split or merge. New shards take the next indexes of the stream: a split two, the lower range first; a merge one.
/// </summary>
/// <param name="Shard">Index of the shard to split or to merge.</param>
/// <param name="SplitAt">First hash key of the upper child; null for a merge.</param>
/// <param name="MergeWith">Index of its neighbour; null for a split.</param>
internal sealed record ReshardStep(int Shard, UInt128? SplitAt, int? MergeWith)
{
    public static ReshardStep Split(int shard, UInt128 at) => new(shard, at, null);

    public static ReshardStep Merge(int shard, int with) => new(shard, null, with);
}

/// <summary>A reshard that has been acknowledged: the stream is UPDATING until it is carried out, also after a restart.</summary>
/// <param name="DueMs">When, epoch ms.</param>
/// <param name="Steps">In order; later ones may name shards that earlier ones make.</param>
internal sealed record PendingReshard(long DueMs, IReadOnlyList<ReshardStep> Steps);
