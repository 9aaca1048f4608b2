namespace DataProcessor;

public enum PutStatus
{
    /// <summary>Every record has its outcome, see <see cref="PutResponse.Runs"/>.</summary>
    Settled,

    /// <summary>Taken and not yet settled: ask again with <see cref="IProducerGrain.Await"/>.</summary>
    Pending,

    /// <summary>Not taken: the shard is closed, or the map is older than the producer's. Get a newer map and route again.</summary>
    Moved,

    /// <summary>Not taken: the producer's buffer is full. Come back after <see cref="PutResponse.RetryAfter"/>.</summary>
    Busy,

    /// <summary>
    /// <see cref="IProducerGrain.Await"/> of a put that this activation never took: the one that did is gone, and what
    /// became of the records is not known. Put them anew under the same id: should the first call still be on its way, it
    /// is recognized by it.
    /// </summary>
    Unknown,
}

/// <summary>Answer to a put.</summary>
/// <param name="Runs">When settled: the outcomes, ascending, covering 0 … Count−1 without holes; else empty.</param>
[GenerateSerializer, Immutable, Alias("DataProcessor.PutResponse")]
public sealed record PutResponse(
    [property: Id(0)] PutStatus Status,
    [property: Id(1)] PutRun[] Runs,
    [property: Id(2)] TimeSpan RetryAfter)
{
    public static PutResponse Pending { get; } = new(PutStatus.Pending, [], TimeSpan.Zero);

    public static PutResponse Moved { get; } = new(PutStatus.Moved, [], TimeSpan.Zero);

    public static PutResponse Unknown { get; } = new(PutStatus.Unknown, [], TimeSpan.Zero);

    public static PutResponse Busy(TimeSpan retryAfter) => new(PutStatus.Busy, [], retryAfter);

    public static PutResponse Settled(PutRun[] runs) => new(PutStatus.Settled, runs, TimeSpan.Zero);
}
