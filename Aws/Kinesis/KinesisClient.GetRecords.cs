using DataProcessor.Aws.Transport;

namespace DataProcessor.Aws.Kinesis;

public sealed partial class KinesisClient
{
    /// <summary>The service's limit (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html).</summary>
    public const int MaxGetRecordsLimit = 10_000;

    /// <summary>The next page of a shard: at most <paramref name="limit"/> records, 1–10,000, and at most 10 MiB.</summary>
    /// <returns>Records that share one buffer, which is the caller's to keep.</returns>
    public async ValueTask<GetRecordsPage> GetRecordsAsync(string shardIterator, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxGetRecordsLimit);

        using var body = GetRecordsCodec.Encode(shardIterator, limit);
        using var answer = await _calls.SendAsync(KinesisOperation.GetRecords, body, cancellationToken);
        return Decode(KinesisOperation.GetRecords, answer, static bytes =>
            GetRecordsCodec.Decode(bytes.Buffer.AsMemory(0, bytes.Length)));
    }
}
