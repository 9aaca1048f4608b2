using System.Text.Json.Serialization;

namespace DataProcessor.Aws.Kinesis;

// The messages about registered consumers under their names on the wire.

internal sealed record ConsumerOfStreamMessage([property: JsonPropertyName("StreamARN")] string StreamArn, string ConsumerName);

internal sealed record ConsumerArnMessage([property: JsonPropertyName("ConsumerARN")] string ConsumerArn);

internal sealed record ListStreamConsumersMessage([property: JsonPropertyName("StreamARN")] string StreamArn, string? NextToken);

internal sealed record RegisterStreamConsumerReply
{
    public required ConsumerReply Consumer { get; init; }
}

internal sealed record DescribeStreamConsumerReply
{
    public required ConsumerReply ConsumerDescription { get; init; }
}

internal sealed record ListStreamConsumersReply
{
    public required ConsumerReply[] Consumers { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ConsumerReply
{
    public required string ConsumerName { get; init; }

    [JsonPropertyName("ConsumerARN")]
    public required string ConsumerArn { get; init; }

    public required string ConsumerStatus { get; init; }

    public required double ConsumerCreationTimestamp { get; init; }
}
