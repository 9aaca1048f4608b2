using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>
/// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeregisterStreamConsumer.html; here the consumer is gone, and
/// its subscriptions have ended, when the call returns.
/// </summary>
internal static class DeregisterStreamConsumerOperation
{
    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var (stream, consumer) = ConsumerReference.Read(request).Resolve(catalog);
        catalog.Update(stream, info => StreamConsumers.Deregister(info, consumer));
        stream.EndSubscriptions(consumer.Name, ServiceErrors.ConsumerNotFound(consumer.ArnIn(catalog.ArnOf(stream.Info.Name))));
        return ValueTask.CompletedTask;
    }
}
