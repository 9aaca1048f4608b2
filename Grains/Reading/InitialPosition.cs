namespace DataProcessor.Grains.Reading;

/// <summary>Where an application starts in a shard that it has never read.</summary>
public enum InitialPosition
{
    /// <summary>At the oldest record that the stream keeps.</summary>
    TrimHorizon,

    /// <summary>
    /// At what arrives from then on. Until the first checkpoint a restart begins at "from then on" again: records that
    /// arrived before it and were not checkpointed are not read.
    /// </summary>
    Latest,

    /// <summary>At the first record that arrived at or after <see cref="ReaderOptions.InitialTimestamp"/>.</summary>
    AtTimestamp,
}
