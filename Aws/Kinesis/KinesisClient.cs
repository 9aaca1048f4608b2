using Amazon.Runtime;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Kinesis;

/// <summary>Kinesis Data Streams over its wire protocol.</summary>
public sealed class KinesisClient : IDisposable
{
    public KinesisClient(
        KinesisClientOptions options,
        AWSCredentials credentials,
        HttpMessageHandler handler,
        TimeProvider time,
        Random random,
        ILogger<KinesisClient> logger) => throw new NotImplementedException();

    public ValueTask<PutRecordsResultEntry[]> PutRecordsAsync(
        string streamName, ReadOnlyMemory<PutRecordsEntry> records, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask<string> GetShardIteratorAsync(
        string streamName, string shardId, ShardIteratorStart start, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask<GetRecordsPage> GetRecordsAsync(string shardIterator, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask<ShardDescription[]> ListShardsAsync(
        string streamName, ShardFilter? filter, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask<StreamSummary> DescribeStreamSummaryAsync(string streamName, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask CreateStreamAsync(string streamName, int shardCount, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DeleteStreamAsync(string streamName, CancellationToken cancellationToken) => throw new NotImplementedException();

    public void Dispose()
    {
    }
}
