namespace DataProcessor.Aws.Local.Streams;

/// <summary>Who is subscribed to a shard: one subscription per consumer. Wakes them when there is something to push.</summary>
internal sealed class ShardSubscriptions(string shardId, TimeProvider time, bool enforceLimits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SubscriptionLease> _leases = new(StringComparer.Ordinal);

    /// <summary>Consumers that are subscribed now.</summary>
    public IReadOnlyList<string> Consumers
    {
        get
        {
            lock (_gate)
            {
                return [.. _leases.Where(lease => lease.Value.Active is not null).Select(lease => lease.Key)];
            }
        }
    }

    /// <summary>Lets the consumer in and its previous subscription out; throws if it comes too soon.</summary>
    /// <param name="consumer">Name of the consumer.</param>
    /// <param name="create">Makes the subscription.</param>
    public Subscription Enter(string consumer, Func<SubscriptionLease, Subscription> create)
    {
        Subscription? previous;
        Subscription next;
        lock (_gate)
        {
            if (!_leases.TryGetValue(consumer, out var lease))
            {
                _leases.Add(consumer, lease = new SubscriptionLease(consumer, time, enforceLimits));
            }

            next = create(lease);
            previous = lease.Take(next, shardId);
        }

        previous?.End(ServiceErrors.ResourceInUse(
            $"Another subscription of consumer {consumer} to shard {shardId} has taken over."));
        return next;
    }

    public void Leave(string consumer, Subscription subscription)
    {
        lock (_gate)
        {
            _leases.GetValueOrDefault(consumer)?.Leave(subscription);
        }
    }

    public void Wake()
    {
        lock (_gate)
        {
            foreach (var lease in _leases.Values)
            {
                lease.Active?.Wake();
            }
        }
    }

    /// <summary>Ends the consumer's subscription and forgets it.</summary>
    /// <param name="consumer">Null: all of them.</param>
    /// <param name="error">What the subscriber is told; null: nothing.</param>
    public void End(string? consumer, ServiceException? error)
    {
        List<Subscription> ended = [];
        lock (_gate)
        {
            foreach (var (name, lease) in _leases.Where(lease => consumer is null || lease.Key == consumer).ToList())
            {
                _leases.Remove(name);
                if (lease.Active is { } active)
                {
                    ended.Add(active);
                }
            }
        }

        ended.ForEach(subscription => subscription.End(error));
    }
}
