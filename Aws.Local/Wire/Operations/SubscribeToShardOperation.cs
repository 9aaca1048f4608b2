using DataProcessor.Aws.Local.Streams;
using DataProcessor.Aws.Local.Wire.Events;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>
/// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html: the answer is a stream of events, see
/// <see cref="Subscription"/>.
/// </summary>
internal static class SubscribeToShardOperation
{
    public const string Name = "SubscribeToShard";

    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var (reference, shardId, position) = Read(request);
        var (stream, consumer) = reference.Resolve(catalog);
        var now = catalog.NowMs;
        if (consumer.Status(now) is ConsumerInfo.Creating)
        {
            throw ServiceErrors.ResourceInUse($"Consumer {consumer.Name} of stream {stream.Info.Name} is not ACTIVE, instead in state {ConsumerInfo.Creating}.");
        }

        var shard = stream.FindShard(shardId, now) ?? throw ServiceErrors.ShardNotFound(shardId, stream.Info.Name, catalog.AccountId);
        var counter = position.Locate(stream.Info, shard, now, catalog.AccountId, Name);
        var start = new SubscriptionStart(counter, shard.NumberOf(counter - 1));
        var subscription = Enter(context, stream, shard, consumer, start);
        context.Events = new SubscriptionEvents(subscription, stream, answer.Encoding, context, context.Logger);
        return ValueTask.CompletedTask;
    }

    private static Subscription Enter(
        OperationContext context, KinesisStream stream, Shard shard, ConsumerInfo consumer, SubscriptionStart start)
    {
        Subscription subscription;
        try
        {
            subscription = shard.Subscriptions.Enter(
                consumer.Name,
                lease => new Subscription(stream, shard, consumer.Name, lease, start, context.Catalog.Time));
        }
        catch (ServiceException)
        {
            context.Counters.OnSubscriptionRefused();
            throw;
        }

        if (!stream.Info.Consumers.Contains(consumer) || context.Catalog.Find(stream.Info.Name) != stream)
        {
            // It was deregistered meanwhile, and what was to end its subscriptions has not seen this one.
            subscription.End(ServiceErrors.ConsumerNotFound(consumer.Name));
        }

        context.Counters.OnSubscribed();
        return subscription;
    }

    private static (ConsumerReference Consumer, string ShardId, StartingPosition Position) Read(WireValue request)
    {
        var reference = new ConsumerReference();
        var start = new StartingPositionReader();
        string? shardId = null;
        foreach (var member in request.Members)
        {
            if (member.Is("ShardId"u8))
            {
                shardId = member.Value.Text;
            }
            else if (member.Is("StartingPosition"u8))
            {
                start.Read(member.Value);
            }
            else
            {
                reference.TryTake(member);
            }
        }

        var constraints = new Constraints();
        constraints.Require("consumerARN", reference.Arn is not null);
        reference.Check(constraints);
        ShardShape.CheckId(constraints, "shardId", shardId);
        start.Check(constraints);
        constraints.ThrowIfAny();
        return (reference, shardId!, start.Position);
    }
}
