namespace DataProcessor;

public enum ShardState
{
    /// <summary>No grain reads the shard at the moment.</summary>
    Stopped,

    /// <summary>Its parents are not processed to the end yet.</summary>
    WaitingForParents,

    Reading,

    /// <summary>The processor, Kinesis or the store failed; it is tried again after a back-off.</summary>
    Retrying,

    /// <summary>Closed, and processed to its end.</summary>
    Finished,

    /// <summary>
    /// Closed, and without a lease: older than where the application began, or finished so long ago that its lease is gone.
    /// </summary>
    NotRead,
}
