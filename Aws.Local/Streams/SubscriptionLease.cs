using DataProcessor.Aws.Local.Limits;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>A consumer's hold on a shard, across its subscriptions. Guarded by <see cref="ShardSubscriptions"/>.</summary>
internal sealed class SubscriptionLease(string consumer, TimeProvider time, bool enforceLimits)
{
    /// <summary>For so long after a success nobody else may subscribe as the same consumer.</summary>
    public static readonly TimeSpan Exclusive = TimeSpan.FromSeconds(5);

    private readonly RateMeter? _calls = enforceLimits ? new TokenBucket(1, time.TimestampFrequency) : null;
    private long? _succeededAt;

    public PushPace? Pace { get; } = enforceLimits ? new PushPace(time) : null;

    public Subscription? Active { get; private set; }

    /// <summary>Hands the shard to a new subscription; throws if it comes too soon: 5 s after a success, 1 s after any call.</summary>
    /// <returns>The subscription that it is taken from.</returns>
    public Subscription? Take(Subscription next, string shardId)
    {
        // A call that is refused counts as well.
        var now = time.GetTimestamp();
        var isTooFast = _calls?.Allows(1, now) == false;
        _calls?.Take(isTooFast ? 0 : 1, now);
        if (_succeededAt is { } last && time.GetElapsedTime(last, now) < Exclusive)
        {
            throw ServiceErrors.ResourceInUse(
                $"Another active subscription exists for this consumer: {consumer} subscribed to shard {shardId} less than {Exclusive.TotalSeconds} s ago.");
        }

        if (isTooFast)
        {
            throw ServiceErrors.LimitExceeded($"Rate exceeded for SubscribeToShard of consumer {consumer} on shard {shardId}: 1 call per second.");
        }

        _succeededAt = now;
        var previous = Active;
        Active = next;
        return previous;
    }

    public void Leave(Subscription subscription)
    {
        if (Active == subscription)
        {
            Active = null;
        }
    }
}
