using System.Text.Json.Serialization;

namespace DataProcessor.Aws.Kinesis;

// The control plane's messages under their names on the wire. Timestamps are epoch seconds with a fraction.

internal sealed record GetShardIteratorMessage(
    string StreamName, string ShardId, string ShardIteratorType, string? StartingSequenceNumber, decimal? Timestamp);

internal sealed record GetShardIteratorReply
{
    public required string ShardIterator { get; init; }
}

/// <summary>Either a stream and a filter, or the token of the next page.</summary>
internal sealed record ListShardsMessage(string? StreamName, ShardFilterMessage? ShardFilter, string? NextToken);

internal sealed record ShardFilterMessage(string Type, string? ShardId, decimal? Timestamp);

internal sealed record ListShardsReply
{
    public required ShardReply[] Shards { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ShardReply
{
    public required string ShardId { get; init; }

    public string? ParentShardId { get; init; }

    public string? AdjacentParentShardId { get; init; }

    public required HashKeyRangeReply HashKeyRange { get; init; }

    public required SequenceNumberRangeReply SequenceNumberRange { get; init; }
}

internal sealed record HashKeyRangeReply
{
    public required string StartingHashKey { get; init; }

    public required string EndingHashKey { get; init; }
}

internal sealed record SequenceNumberRangeReply
{
    public required string StartingSequenceNumber { get; init; }

    public string? EndingSequenceNumber { get; init; }
}

internal sealed record ChildShardReply
{
    public required string ShardId { get; init; }

    public string[]? ParentShards { get; init; }

    public required HashKeyRangeReply HashKeyRange { get; init; }
}

internal sealed record StreamNameMessage(string StreamName);

internal sealed record DeleteStreamMessage(string StreamName, bool? EnforceConsumerDeletion);

internal sealed record DescribeStreamSummaryReply
{
    public required StreamDescriptionSummaryReply StreamDescriptionSummary { get; init; }
}

internal sealed record StreamDescriptionSummaryReply
{
    public required string StreamName { get; init; }

    [JsonPropertyName("StreamARN")]
    public required string StreamArn { get; init; }

    public required string StreamStatus { get; init; }

    public required double StreamCreationTimestamp { get; init; }

    public required int RetentionPeriodHours { get; init; }

    public required int OpenShardCount { get; init; }

    public int? MaxRecordSizeInKiB { get; init; }
}

internal sealed record CreateStreamMessage(string StreamName, int ShardCount, StreamModeMessage StreamModeDetails);

internal sealed record StreamModeMessage(string StreamMode);

internal sealed record SplitShardMessage(string StreamName, string ShardToSplit, string NewStartingHashKey);

internal sealed record MergeShardsMessage(string StreamName, string ShardToMerge, string AdjacentShardToMerge);

internal sealed record UpdateShardCountMessage(string StreamName, int TargetShardCount, string ScalingType);

internal sealed record RetentionPeriodMessage(string StreamName, int RetentionPeriodHours);

internal sealed record NoFieldsMessage;

internal sealed record DescribeLimitsReply
{
    public required int ShardLimit { get; init; }

    public required int OpenShardCount { get; init; }
}

internal sealed record PutRecordReply
{
    public required string ShardId { get; init; }

    public required string SequenceNumber { get; init; }
}

internal sealed record PutRecordsReply
{
    public required PutRecordsResultEntry[] Records { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GetShardIteratorMessage))]
[JsonSerializable(typeof(GetShardIteratorReply))]
[JsonSerializable(typeof(ListShardsMessage))]
[JsonSerializable(typeof(ListShardsReply))]
[JsonSerializable(typeof(StreamNameMessage))]
[JsonSerializable(typeof(DeleteStreamMessage))]
[JsonSerializable(typeof(DescribeStreamSummaryReply))]
[JsonSerializable(typeof(CreateStreamMessage))]
[JsonSerializable(typeof(PutRecordReply))]
[JsonSerializable(typeof(PutRecordsReply))]
[JsonSerializable(typeof(ChildShardReply[]))]
[JsonSerializable(typeof(SplitShardMessage))]
[JsonSerializable(typeof(MergeShardsMessage))]
[JsonSerializable(typeof(UpdateShardCountMessage))]
[JsonSerializable(typeof(RetentionPeriodMessage))]
[JsonSerializable(typeof(NoFieldsMessage))]
[JsonSerializable(typeof(DescribeLimitsReply))]
[JsonSerializable(typeof(ConsumerOfStreamMessage))]
[JsonSerializable(typeof(ConsumerArnMessage))]
[JsonSerializable(typeof(ListStreamConsumersMessage))]
[JsonSerializable(typeof(RegisterStreamConsumerReply))]
[JsonSerializable(typeof(DescribeStreamConsumerReply))]
[JsonSerializable(typeof(ListStreamConsumersReply))]
internal sealed partial class WireJson : JsonSerializerContext;
