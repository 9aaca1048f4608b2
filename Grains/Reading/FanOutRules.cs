namespace DataProcessor.Grains.Reading;

/// <summary>What the service lays down for subscriptions (docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html).</summary>
internal static class FanOutRules
{
    /// <summary>A second subscription of a consumer and shard is refused until the last accepted one is so old, and takes over from it afterwards.</summary>
    public static readonly TimeSpan MinDistance = TimeSpan.FromSeconds(5);

    /// <summary>When the service ends a subscription.</summary>
    public static readonly TimeSpan SubscriptionLife = TimeSpan.FromMinutes(5);

    /// <summary>How much earlier than by its life an end is still the regular one: latencies of the call that began it.</summary>
    public static readonly TimeSpan LifeTolerance = TimeSpan.FromSeconds(10);

    /// <summary>Silence that means a dead connection. The service sends an event every 5 s, empty if need be; KCL waits as long.</summary>
    public static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Shortest time between two GetRecords calls of a bridge: 4 of the 5 calls/s that a shard takes from all its readers.</summary>
    public static readonly TimeSpan BridgeInterval = TimeSpan.FromMilliseconds(250);
}
