namespace DataProcessor.Aws.Kinesis;

public sealed partial class KinesisClient
{
    private const int DefaultMaxRecordSizeInKiB = 1024;

    public async ValueTask<StreamSummary> DescribeStreamSummaryAsync(string streamName, CancellationToken cancellationToken)
    {
        DescribeStreamSummaryReply reply = await CallAsync(
            KinesisOperation.DescribeStreamSummary,
            new StreamNameMessage(streamName),
            WireJson.Default.StreamNameMessage,
            WireJson.Default.DescribeStreamSummaryReply,
            cancellationToken);
        StreamDescriptionSummaryReply summary = reply.StreamDescriptionSummary;
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
    public ValueTask DeleteStreamAsync(string streamName, CancellationToken cancellationToken) => CallAsync(
        KinesisOperation.DeleteStream,
        new StreamNameMessage(streamName),
        WireJson.Default.StreamNameMessage,
        cancellationToken);
}
