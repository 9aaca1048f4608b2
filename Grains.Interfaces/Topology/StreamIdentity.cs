namespace DataProcessor;

/// <summary>
/// A stream as one creation of it: a stream that was deleted and made anew has the same name and shard ids, so
/// grain keys and leases carry the creation epoch too.
/// </summary>
/// <param name="Name">1–128 of <c>a-z A-Z 0-9 _ . -</c>.</param>
/// <param name="Epoch">Creation time in Unix seconds, from DescribeStreamSummary.</param>
/// <param name="AccountId">The AWS account of the stream's ARN; 12 digits.</param>
[GenerateSerializer, Immutable, Alias("DataProcessor.StreamIdentity")]
public readonly record struct StreamIdentity(
    [property: Id(0)] string Name,
    [property: Id(1)] long Epoch,
    [property: Id(2)] string AccountId)
{
    /// <summary><c>stream:epoch:shard</c>, the key of a shard's producer grain.</summary>
    public string ProducerKey(string shardId) => $"{Name}:{Epoch}:{shardId}";

    /// <summary><c>application/stream:epoch:shard</c>, the key of a shard grain.</summary>
    public string ShardGrainKey(string application, string shardId) => $"{application}/{Name}:{Epoch}:{shardId}";

    /// <summary>KCL's multi-stream lease key: <c>account:stream:epoch:shard</c>.</summary>
    public string LeaseKey(string shardId) => $"{AccountId}:{Name}:{Epoch}:{shardId}";
}
