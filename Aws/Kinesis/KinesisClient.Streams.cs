namespace DataProcessor.Aws.Kinesis;

public sealed partial class KinesisClient
{
    private const int DefaultMaxRecordSizeInKiB = 1024;

    public async ValueTask<StreamSummary> DescribeStreamSummaryAsync(string streamName, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(
            KinesisOperation.DescribeStreamSummary,
            new StreamNameMessage(streamName),
            WireJson.Default.StreamNameMessage,
            WireJson.Default.DescribeStreamSummaryReply,
            cancellationToken);
        var summary = reply.StreamDescriptionSummary;
        return new StreamSummary(
            summary.StreamName,
            summary.StreamArn,
            summary.StreamStatus,
            EpochSeconds.ToTime(summary.StreamCreationTimestamp),
            summary.RetentionPeriodHours,
            summary.OpenShardCount,
            summary.MaxRecordSizeInKiB ?? DefaultMaxRecordSizeInKiB);
    }

    /// <summary>Begins to create a stream of provisioned capacity; it is ACTIVE some seconds later.</summary>
    public ValueTask CreateStreamAsync(string streamName, int shardCount, CancellationToken cancellationToken) => CallAsync(
        KinesisOperation.CreateStream,
        new CreateStreamMessage(streamName, shardCount, new StreamModeMessage("PROVISIONED")),
        WireJson.Default.CreateStreamMessage,
        cancellationToken);

    /// <summary>Begins to delete a stream; refused while it has registered consumers.</summary>
    public ValueTask DeleteStreamAsync(string streamName, CancellationToken cancellationToken) =>
        DeleteStreamAsync(streamName, enforceConsumerDeletion: false, cancellationToken);

    /// <summary>Begins to delete a stream, and its consumers if the caller insists.</summary>
    public ValueTask DeleteStreamAsync(
        string streamName, bool enforceConsumerDeletion, CancellationToken cancellationToken) => CallAsync(
            KinesisOperation.DeleteStream,
            new DeleteStreamMessage(streamName, enforceConsumerDeletion ? true : null),
            WireJson.Default.DeleteStreamMessage,
            cancellationToken);

    /// <param name="hours">Up to 8,760; more than now.</param>
    public ValueTask IncreaseStreamRetentionPeriodAsync(string streamName, int hours, CancellationToken cancellationToken) => CallAsync(
        KinesisOperation.IncreaseStreamRetentionPeriod,
        new RetentionPeriodMessage(streamName, hours),
        WireJson.Default.RetentionPeriodMessage,
        cancellationToken);

    /// <summary>Records older than that are gone at once.</summary>
    /// <param name="hours">At least 24; fewer than now.</param>
    public ValueTask DecreaseStreamRetentionPeriodAsync(string streamName, int hours, CancellationToken cancellationToken) => CallAsync(
        KinesisOperation.DecreaseStreamRetentionPeriod,
        new RetentionPeriodMessage(streamName, hours),
        WireJson.Default.RetentionPeriodMessage,
        cancellationToken);

    /// <summary>What the account may have in this region; may be asked once a second.</summary>
    public async ValueTask<AccountLimits> DescribeLimitsAsync(CancellationToken cancellationToken)
    {
        var reply = await CallAsync(
            KinesisOperation.DescribeLimits,
            new NoFieldsMessage(),
            WireJson.Default.NoFieldsMessage,
            WireJson.Default.DescribeLimitsReply,
            cancellationToken);
        return new AccountLimits(reply.ShardLimit, reply.OpenShardCount);
    }
}
