namespace DataProcessor;

public enum PutOutcome
{
    /// <summary>Kinesis confirmed the records.</summary>
    Stored,

    /// <summary>
    /// Given up because their shard closed or their producer moves: route them again by a newer map. Surely not in the
    /// stream only if <see cref="PutRun.Attempts"/> is 0.
    /// </summary>
    Moved,

    /// <summary>Kinesis refuses them for ever: too large, access denied, no such stream.</summary>
    Rejected,

    /// <summary>Their time to live passed and every attempt was answered with an error: surely not in the stream.</summary>
    NotWritten,

    /// <summary>Their time to live passed after an attempt without an answer: they may be in the stream.</summary>
    Unknown,
}

/// <summary>
/// The common outcome of neighbouring records of a put. Records of a put that share an aggregate lie side by side in
/// it, so a run costs one entry however many records it names.
/// </summary>
/// <param name="First">Index of the run's first record in the put.</param>
/// <param name="Count">Number of records.</param>
/// <param name="Outcome">What became of them.</param>
/// <param name="ShardId">Where they are, when stored.</param>
/// <param name="SequenceNumber">Of the Kinesis record that holds them, when stored.</param>
/// <param name="SubSequenceNumber">Of the first one; the next has one more.</param>
/// <param name="Attempts">How often they were sent.</param>
/// <param name="ErrorCode">Kinesis' error code of the last failed attempt, when not stored.</param>
/// <param name="ErrorMessage">Its message.</param>
[GenerateSerializer, Immutable, Alias("DataProcessor.PutRun")]
public readonly record struct PutRun(
    [property: Id(0)] int First,
    [property: Id(1)] int Count,
    [property: Id(2)] PutOutcome Outcome,
    [property: Id(3)] string? ShardId,
    [property: Id(4)] SequenceNumber SequenceNumber,
    [property: Id(5)] long SubSequenceNumber,
    [property: Id(6)] int Attempts,
    [property: Id(7)] string? ErrorCode,
    [property: Id(8)] string? ErrorMessage);
