using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Aws.Transport;

/// <summary>What one attempt came to: an answer, or an error.</summary>
/// <param name="Answer">To be disposed; the type's default with an error.</param>
/// <param name="ServerTime">The answer's Date header.</param>
internal readonly record struct AttemptOutcome<TAnswer>(TAnswer Answer, KinesisException? Error, DateTimeOffset? ServerTime)
{
    public static AttemptOutcome<TAnswer> Failed(KinesisException error, DateTimeOffset? serverTime = null) =>
        new(default!, error, serverTime);
}
