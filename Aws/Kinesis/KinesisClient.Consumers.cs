using System.Text.Json;
using DataProcessor.Aws.Transport;

namespace DataProcessor.Aws.Kinesis;

public sealed partial class KinesisClient
{
    /// <summary>A stream has 20 consumers, 50 at the most, and a page 100; a service that hands out tokens for ever is cut off here.</summary>
    private const int MaxListStreamConsumersPages = 10;

    /// <summary>Begins to register a consumer; it is ACTIVE some seconds later.</summary>
    /// <exception cref="KinesisException">
    /// <c>ResourceInUseException</c>: the stream has a consumer of that name. <c>LimitExceededException</c>: it has as many
    /// consumers as it may have, or too many are being registered at once.
    /// </exception>
    public async ValueTask<StreamConsumer> RegisterStreamConsumerAsync(
        string streamArn, string consumerName, CancellationToken cancellationToken)
    {
        var operation = KinesisOperation.RegisterStreamConsumer;
        using var body = RequestBody.Of(JsonSerializer.SerializeToUtf8Bytes(
            new ConsumerOfStreamMessage(streamArn, consumerName), WireJson.Default.ConsumerOfStreamMessage));
        using var answer = await _calls.SendAsync(operation, body, cancellationToken);
        return answer.IsAnswer
            ? Decode(operation, answer, static bytes => ToConsumer(
                DeserializeRequired(bytes, WireJson.Default.RegisterStreamConsumerReply).Consumer))
            : await DescribeStreamConsumerAsync(streamArn, consumerName, cancellationToken);
    }

    /// <exception cref="KinesisException"><c>ResourceNotFoundException</c>: the stream has no consumer of that name.</exception>
    public async ValueTask<StreamConsumer> DescribeStreamConsumerAsync(
        string streamArn, string consumerName, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(
            KinesisOperation.DescribeStreamConsumer,
            new ConsumerOfStreamMessage(streamArn, consumerName),
            WireJson.Default.ConsumerOfStreamMessage,
            WireJson.Default.DescribeStreamConsumerReply,
            cancellationToken);
        return ToConsumer(reply.ConsumerDescription);
    }

    public async ValueTask<StreamConsumer[]> ListStreamConsumersAsync(string streamArn, CancellationToken cancellationToken)
    {
        var consumers = new List<StreamConsumer>();
        string? token = null;
        for (var page = 0; page < MaxListStreamConsumersPages; page++)
        {
            var reply = await CallAsync(
                KinesisOperation.ListStreamConsumers,
                new ListStreamConsumersMessage(streamArn, token),
                WireJson.Default.ListStreamConsumersMessage,
                WireJson.Default.ListStreamConsumersReply,
                cancellationToken);
            consumers.AddRange(reply.Consumers.Select(ToConsumer));
            if (string.IsNullOrEmpty(reply.NextToken))
            {
                return [.. consumers];
            }

            token = reply.NextToken;
        }

        throw new KinesisException(
            KinesisErrors.ResponseTooLarge,
            $"ListStreamConsumers: no end of {streamArn}'s consumers after {MaxListStreamConsumersPages} pages",
            200);
    }

    /// <summary>Begins to deregister a consumer; its subscriptions end.</summary>
    public ValueTask DeregisterStreamConsumerAsync(string consumerArn, CancellationToken cancellationToken) => CallAsync(
        KinesisOperation.DeregisterStreamConsumer,
        new ConsumerArnMessage(consumerArn),
        WireJson.Default.ConsumerArnMessage,
        cancellationToken);

    private static StreamConsumer ToConsumer(ConsumerReply consumer) => new(
        consumer.ConsumerName,
        consumer.ConsumerArn,
        consumer.ConsumerStatus,
        EpochSeconds.ToTime(consumer.ConsumerCreationTimestamp));
}
