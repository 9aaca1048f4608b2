namespace DataProcessor.Grains.Leases;

/// <summary>Watches a lease's counter, to tell an owner who lives from one who is gone: KCL's own rule for taking leases.</summary>
/// <param name="rule">What to do with a foreign owner's lease.</param>
/// <param name="timeout">How long a counter that stands still is watched.</param>
/// <param name="time">Measures it.</param>
internal sealed class ForeignOwnerWatch(TakeoverRule rule, TimeSpan timeout, TimeProvider time)
{
    private Lease? _seen;
    private long _since;

    /// <summary>Whether the owner has written the lease while it was watched.</summary>
    public bool IsOwnerAlive { get; private set; }

    /// <param name="lease">As it was just read.</param>
    /// <returns>How long it is to be watched on; zero: it may be taken.</returns>
    public TimeSpan Remaining(Lease lease)
    {
        if (rule == TakeoverRule.Force || lease.Owner is null || LeaseOwner.IsOurs(lease.Owner))
        {
            return TimeSpan.Zero;
        }

        if (_seen is null || _seen.Counter != lease.Counter || _seen.Owner != lease.Owner)
        {
            IsOwnerAlive = _seen is not null;
            (_seen, _since) = (lease, time.GetTimestamp());
        }

        var left = timeout - time.GetElapsedTime(_since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
