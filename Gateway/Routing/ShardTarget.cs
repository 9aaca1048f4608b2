using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Routing;

/// <summary>An open shard as the gateway knows it: its producer, and how much we hold for it. Outlives map versions.</summary>
internal sealed class ShardTarget(Shard shard, IProducerGrain producer, long maxBytes)
{
    private long _avoidUntil = long.MinValue;

    public Shard Shard { get; } = shard;

    public IProducerGrain Producer { get; } = producer;

    /// <summary>Bytes of requests in flight to this shard.</summary>
    public ByteBudget InFlight { get; } = new(maxBytes);

    /// <summary>Where single records of concurrent requests meet.</summary>
    public PutGathering Gathering { get; } = new();

    /// <summary>Its producer is full or does not answer: records that may go anywhere go elsewhere for a while.</summary>
    public void Avoid(TimeProvider time, TimeSpan span) =>
        Volatile.Write(ref _avoidUntil, time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency));

    public bool IsAvoided(long timestamp) => timestamp < Volatile.Read(ref _avoidUntil);
}
