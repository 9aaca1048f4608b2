namespace DataProcessor.Gateway.Putting;

internal enum ChunkEnd
{
    /// <summary>Each record has its outcome, see <see cref="ChunkAnswer.Runs"/>.</summary>
    Settled,

    /// <summary>Not taken: route the records again.</summary>
    Moved,

    /// <summary>Not taken: the shard's buffer stayed full.</summary>
    Busy,

    /// <summary>The time was over first.</summary>
    Expired,
}

/// <summary>How a put ended.</summary>
/// <param name="End">What the other members mean.</param>
/// <param name="Runs">When settled: the outcomes of the put's records.</param>
/// <param name="MayBeWritten">An attempt may have written the records, whatever the end says.</param>
/// <param name="RetryAfter">When busy: what the producer asked for.</param>
internal readonly record struct ChunkAnswer(ChunkEnd End, PutRun[] Runs, bool MayBeWritten, TimeSpan RetryAfter);
