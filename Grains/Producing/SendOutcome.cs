using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Grains.Producing;

internal enum SendResult
{
    /// <summary>Kinesis confirmed the record.</summary>
    Stored,

    /// <summary>Over the shard's limit: not written, worth another attempt, slower.</summary>
    Throttled,

    /// <summary>Surely not written, worth another attempt.</summary>
    Failed,

    /// <summary>Not written, and never will be.</summary>
    Rejected,

    /// <summary>No answer, or an error after the service may have written it.</summary>
    Unknown,

    /// <summary>It never left this process: its deadline passed or the queue was full.</summary>
    NotSent,
}

/// <summary>What became of one attempt to write one Kinesis record.</summary>
/// <param name="Result">The kind of outcome, which decides what the lane does next.</param>
/// <param name="ShardId">Where the record landed, when stored.</param>
/// <param name="SequenceNumber">Its sequence number, when stored.</param>
/// <param name="ErrorCode">Kinesis' code, when not stored.</param>
/// <param name="ErrorMessage">Its message.</param>
/// <param name="MustGoAlone">The call failed for one of several records; which one shows when they go apart.</param>
internal readonly record struct SendOutcome(
    SendResult Result,
    string? ShardId,
    SequenceNumber SequenceNumber,
    string? ErrorCode,
    string? ErrorMessage,
    bool MustGoAlone = false)
{
    public static SendOutcome Stored(string shardId, string sequenceNumber) =>
        new(SendResult.Stored, shardId, new(sequenceNumber), null, null);

    public static SendOutcome NotSent(string code, string message) => new(SendResult.NotSent, null, default, code, message);

    public static SendOutcome Unknown(string code, string message) => new(SendResult.Unknown, null, default, code, message);

    /// <summary>The outcome of a record of an answered PutRecords call.</summary>
    public static SendOutcome Of(in PutRecordsResultEntry entry) => entry switch
    {
        { IsStored: true, ShardId: { } shardId, SequenceNumber: { } number } => Stored(shardId, number),
        { IsStored: true } => Unknown("InvalidResponse", "The answer names neither a sequence number nor an error."),
        _ => new(Classify(entry.ErrorCode!), null, default, entry.ErrorCode, entry.ErrorMessage),
    };

    /// <summary>The outcome of each record of a call that failed as a whole.</summary>
    public static SendOutcome Of(KinesisException failure, int recordsInCall)
    {
        var result = failure.IsOutcomeUnknown ? SendResult.Unknown : Classify(failure.ErrorCode);
        var isOneOfMany = recordsInCall > 1 && failure.ErrorCode is "ValidationException" or "InvalidArgumentException";
        return isOneOfMany
            ? new(SendResult.Failed, null, default, failure.ErrorCode, failure.Message, MustGoAlone: true)
            : new(result, null, default, failure.ErrorCode, failure.Message);
    }

    private static SendResult Classify(string code) => code switch
    {
        "ProvisionedThroughputExceededException" => SendResult.Throttled,

        // A record's internal failure says nothing about how far it came.
        "InternalFailure" or "InternalFailureException" or "ServiceUnavailable" => SendResult.Unknown,
        "KMSThrottlingException" => SendResult.Failed,
        "ValidationException" or "InvalidArgumentException" or "ResourceNotFoundException" => SendResult.Rejected,
        "UnrecognizedClientException" or "OptInRequired" => SendResult.Rejected,
        _ when code.StartsWith("KMS", StringComparison.Ordinal) => SendResult.Rejected,
        _ when code.StartsWith("AccessDenied", StringComparison.Ordinal) => SendResult.Rejected,
        _ => SendResult.Failed,
    };
}
