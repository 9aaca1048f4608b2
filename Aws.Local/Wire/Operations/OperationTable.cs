namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>The operations, by the name in X-Amz-Target.</summary>
internal static class OperationTable
{
    public const string TargetPrefix = "Kinesis_20131202.";

    /// <summary>False: the answer has an empty body, or messages in its place.</summary>
    public static bool HasAnswer(string name) => name is not (
        "CreateStream" or "DeleteStream" or "SplitShard" or "MergeShards" or "DeregisterStreamConsumer" or "SubscribeToShard"
        or "IncreaseStreamRetentionPeriod" or "DecreaseStreamRetentionPeriod");

    public static Operation? Find(string name) => name switch
    {
        "PutRecords" => PutRecordsOperation.HandleAsync,
        "PutRecord" => PutRecordOperation.HandleAsync,
        "GetShardIterator" => GetShardIteratorOperation.Handle,
        "GetRecords" => GetRecordsOperation.Handle,
        "ListShards" => ListShardsOperation.Handle,
        "DescribeStream" => DescribeStreamOperation.Handle,
        "DescribeStreamSummary" => DescribeStreamSummaryOperation.Handle,
        "ListStreams" => ListStreamsOperation.Handle,
        "CreateStream" => CreateStreamOperation.Handle,
        "SubscribeToShard" => SubscribeToShardOperation.Handle,
        "SplitShard" => SplitShardOperation.HandleAsync,
        "MergeShards" => MergeShardsOperation.HandleAsync,
        "UpdateShardCount" => UpdateShardCountOperation.HandleAsync,
        "RegisterStreamConsumer" => RegisterStreamConsumerOperation.Handle,
        "DescribeStreamConsumer" => DescribeStreamConsumerOperation.Handle,
        "ListStreamConsumers" => ListStreamConsumersOperation.Handle,
        "DeregisterStreamConsumer" => DeregisterStreamConsumerOperation.Handle,
        "IncreaseStreamRetentionPeriod" => RetentionPeriodOperation.Increase,
        "DecreaseStreamRetentionPeriod" => RetentionPeriodOperation.Decrease,
        "DescribeLimits" => DescribeLimitsOperation.Handle,
        "DeleteStream" => DeleteStreamOperation.HandleAsync,
        _ => null,
    };
}
