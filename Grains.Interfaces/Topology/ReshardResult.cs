namespace DataProcessor;

public enum ReshardStatus
{
    /// <summary>The stream has the new shards, see <see cref="ReshardResult.Children"/>; now, or since an earlier call.</summary>
    Done,

    /// <summary>Kinesis has taken it, or may have, and is not ready: call again for the outcome.</summary>
    UnderWay,

    /// <summary>Another change of the stream is under way; this call has changed nothing.</summary>
    Busy,

    /// <summary>
    /// A shard's producer or Kinesis could not be reached, or an aggregate that must not meet the split is on its way for
    /// too long; nothing has changed. Call again.
    /// </summary>
    NotReady,

    /// <summary>The account's shards or its calls a second are used up; nothing has changed.</summary>
    LimitExceeded,

    /// <summary>It cannot be done, now or later: no such open shard, a key outside of it, shards that do not touch.</summary>
    Refused,
}

/// <summary>What became of a split or a merge.</summary>
/// <param name="Status">The kind of outcome.</param>
/// <param name="Children">When done: the shards that came out of it, by ascending range.</param>
/// <param name="Reason">When not done: what is in the way, for people.</param>
[GenerateSerializer, Immutable, Alias("DataProcessor.ReshardResult")]
public sealed record ReshardResult(
    [property: Id(0)] ReshardStatus Status,
    [property: Id(1)] Shard[] Children,
    [property: Id(2)] string? Reason)
{
    public static ReshardResult Done(Shard[] children) => new(ReshardStatus.Done, children, null);

    public static ReshardResult Not(ReshardStatus status, string reason) => new(status, [], reason);
}
