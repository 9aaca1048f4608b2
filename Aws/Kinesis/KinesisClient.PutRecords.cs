using DataProcessor.Aws.Transport;

namespace DataProcessor.Aws.Kinesis;

public sealed partial class KinesisClient
{
    /// <summary>The service's limit (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html).</summary>
    public const int MaxPutRecordsEntries = 500;

    /// <summary>
    /// Writes up to 500 records and says of each what became of it. Sent once: repeating is the producer's, record by record.
    /// </summary>
    /// <returns>One result for each record, in their order.</returns>
    /// <exception cref="KinesisException">
    /// The call as a whole failed. <see cref="KinesisException.IsOutcomeUnknown"/> is true if the records may be stored all the
    /// same (no answer after sending, a 5xx, an answer that cannot be read), false if they are not (a 4xx, no connection).
    /// </exception>
    public async ValueTask<PutRecordsResultEntry[]> PutRecordsAsync(
        string streamName, ReadOnlyMemory<PutRecordsEntry> records, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(records.Length, nameof(records));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(records.Length, MaxPutRecordsEntries, nameof(records));

        using var body = PutRecordsCodec.Encode(streamName, records.Span);
        using var answer = await _calls.SendAsync(KinesisOperation.PutRecords, body, cancellationToken);
        return Decode(KinesisOperation.PutRecords, answer, bytes =>
        {
            var results = PutRecordsCodec.Decode(bytes.Bytes, _shardIds);
            return results.Length == records.Length
                ? results
                : throw new FormatException($"{records.Length} records were sent, {results.Length} results came back");
        });
    }
}
