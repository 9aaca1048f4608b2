namespace DataProcessor.Aws.Local.Streams;

internal enum PutOutcome
{
    Stored,

    /// <summary>Over the shard's limits.</summary>
    Throttled,

    /// <summary>Marked before the put.</summary>
    ThrottledByFault,

    /// <summary>The data folder has its maximum size.</summary>
    Full,

    /// <summary>The operating system refused the write.</summary>
    Failed,
}

/// <summary>A record to put, and what became of it.</summary>
internal struct PutEntry
{
    /// <summary>Partition key, UTF-8; a view into the request.</summary>
    public ReadOnlyMemory<byte> Key;

    /// <summary>A view into the request.</summary>
    public ReadOnlyMemory<byte> Data;

    /// <summary>Explicit hash key, or the MD5 of the partition key.</summary>
    public UInt128 Hash;

    /// <summary>PutRecord's SequenceNumberForOrdering.</summary>
    public SequenceNumber? Ordering;

    /// <summary>A fault: a put that follows quickly shall get a lower number.</summary>
    public bool LeavesGap;

    /// <summary>It got such a lower number.</summary>
    public bool IsInverted;

    public Shard Shard;

    public PutOutcome Outcome;

    /// <summary>Set if it was stored.</summary>
    public SequenceNumber SequenceNumber;
}
