namespace DataProcessor.Gateway.Answering;

/// <summary>Why a request or a record of it failed.</summary>
/// <param name="Kind">What clients branch on.</param>
/// <param name="Detail">A sentence for the person who reads it: what is wrong and what to do.</param>
/// <param name="RetryAfter">When the same request may be sent again; null where that would not help or is not safe.</param>
internal sealed record Problem(ProblemKind Kind, string Detail, TimeSpan? RetryAfter = null)
{
    /// <summary>For a record which an earlier attempt may have written: no answer may promise that it is not there.</summary>
    public static readonly Problem OutcomeUnknown = new(
        ProblemKind.OutcomeUnknown,
        "The record was taken, but no answer came back: it may be in the stream. Send it again if a duplicate does no harm.");

    public static readonly Problem NotSentInTime = new(
        ProblemKind.NotWritten,
        "No server took the record in time; it is surely not in the stream. Send it again.",
        TimeSpan.FromSeconds(1));

    public static readonly Problem ClusterUnavailable = new(
        ProblemKind.ClusterUnavailable,
        "The shard map could not be had from the cluster; nothing of the request was written. Send it again.",
        TimeSpan.FromSeconds(1));

    public static readonly Problem BuffersFull = new(
        ProblemKind.Busy,
        "The gateway holds as many bytes as it may; nothing of the request was written. Send it again after Retry-After.",
        TimeSpan.FromSeconds(1));

    public static readonly Problem ShardFallsBehind = new(
        ProblemKind.Busy,
        "The request's earlier records took the shard all the time there was; this one was not written. Send smaller "
        + "batches, spread the partition keys, or add shards.",
        TimeSpan.FromSeconds(1));

    /// <summary>Of a line that found no room; earlier ones are taken.</summary>
    public static readonly Problem LineNotHeld = new(
        ProblemKind.Busy,
        "The gateway holds as many bytes as it may; this line was not written. Send it again after Retry-After.",
        TimeSpan.FromSeconds(1));

    public static readonly Problem StoppingInBody = new(
        ProblemKind.Stopping,
        "This process is stopping and read no further. Send the records without a result again, to another one.");

    public static readonly Problem TooManyLookups = new(
        ProblemKind.Busy,
        "Too many streams were asked for that this gateway does not know; nothing was written. Check the stream's name, and send the request again after Retry-After.",
        TimeSpan.FromSeconds(1));

    public static readonly Problem IdempotencyKeyReused = new(
        ProblemKind.IdempotencyKeyReused,
        "This Idempotency-Key came with other records within the last minute; nothing of this request was written. Use a new key for each request, and the same one only to send the same request again.");

    public static Problem LineTooLong(int most) => new(
        ProblemKind.RecordTooLarge, $"The line has more than {most} bytes, more than any record needs.");

    public static Problem BodyTooLong(long most) => new(
        ProblemKind.BodyTooLarge,
        $"The body has more than {most} bytes when decompressed, and was read no further. Send the records without a result in another request.");

    public static Problem ShardBusy(string shardId, TimeSpan retryAfter) => new(
        ProblemKind.Busy,
        $"The buffer of {shardId} is full; the record was not written. Send it again after Retry-After, or add shards.",
        retryAfter);

    public static Problem StreamNotFound(string stream) => new(
        ProblemKind.StreamNotFound,
        $"There is no stream '{stream}' in this account and region. Create it, or correct the name.");
}
