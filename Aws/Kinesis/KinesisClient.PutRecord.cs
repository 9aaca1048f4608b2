using DataProcessor.Aws.Transport;

namespace DataProcessor.Aws.Kinesis;

public sealed partial class KinesisClient
{
    /// <summary>Writes one record, in order if wanted. Sent once: repeating is the producer's.</summary>
    /// <param name="sequenceNumberForOrdering">
    /// The sequence number that the put before this one, of the same partition key, was answered with: this record's will be
    /// higher. Null promises nothing.
    /// </param>
    /// <exception cref="KinesisException">
    /// Not written, or, with <see cref="KinesisException.IsOutcomeUnknown"/>, perhaps written all the same.
    /// </exception>
    public async ValueTask<PutRecordResult> PutRecordAsync(
        string streamName, PutRecordsEntry record, string? sequenceNumberForOrdering, CancellationToken cancellationToken)
    {
        using var body = PutRecordCodec.Encode(streamName, record, sequenceNumberForOrdering);
        using var answer = await _calls.SendAsync(KinesisOperation.PutRecord, body, cancellationToken);
        return Decode(KinesisOperation.PutRecord, answer, bytes => PutRecordCodec.Decode(bytes.Bytes, _shardIds));
    }
}
