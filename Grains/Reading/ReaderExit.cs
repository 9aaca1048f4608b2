namespace DataProcessor.Grains.Reading;

/// <summary>Why a reader ended.</summary>
internal enum ReaderExit
{
    /// <summary>It was told to; what it handled is checkpointed and the lease released, unless the store was down.</summary>
    Stopped,

    /// <summary>Another reader has the lease; nothing was written after it took it.</summary>
    LeaseLost,

    /// <summary>The shard is closed and processed to its end, now or earlier.</summary>
    Finished,
}
