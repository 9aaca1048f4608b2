using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Grains.Producing;

/// <summary>A Kinesis record ready to be written.</summary>
/// <param name="Entry">Keys and data; the data stays unchanged until the outcome is known.</param>
/// <param name="Size">Bytes that Kinesis counts: data and partition key.</param>
/// <param name="Records">User records in it.</param>
/// <param name="Deadline">Monotonic time (<see cref="MonotonicTime"/>) after which it must not be sent.</param>
/// <param name="GoesAlone">Share no call with other records.</param>
/// <param name="HasCompany">Other lanes send at the same moment: the call waits for them.</param>
/// <param name="After">With <see cref="Ordering.Strict"/>: the number that its own is to be higher than, if there is one.</param>
internal readonly record struct KinesisSend(
    PutRecordsEntry Entry,
    int Size,
    int Records,
    TimeSpan Deadline,
    bool GoesAlone,
    bool HasCompany = false,
    SequenceNumber? After = null);

/// <summary>Writes one Kinesis record, once: retrying is the lane's business.</summary>
internal delegate ValueTask<SendOutcome> SendRecord(KinesisSend record, CancellationToken cancellationToken);

/// <summary>The map of the stream with a version above <paramref name="newerThan"/>, if there is one.</summary>
internal delegate Task<ShardMap> FetchMap(long newerThan);

/// <summary>KinesisClient.PutRecordsAsync.</summary>
internal delegate ValueTask<PutRecordsResultEntry[]> PutRecords(
    string streamName, ReadOnlyMemory<PutRecordsEntry> records, CancellationToken cancellationToken);

/// <summary>KinesisClient.PutRecordAsync.</summary>
internal delegate ValueTask<PutRecordResult> PutRecord(
    string streamName, PutRecordsEntry record, string? sequenceNumberForOrdering, CancellationToken cancellationToken);
