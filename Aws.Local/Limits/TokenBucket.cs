namespace DataProcessor.Aws.Local.Limits;

/// <summary>Counts in units × clock ticks, so that it is exact: 2 MiB/s × 1 GHz is 2^51, far inside a long.</summary>
internal sealed class TokenBucket(long perSecond, long frequency) : RateMeter
{
    private readonly long _capacity = perSecond * frequency;
    private long _level = perSecond * frequency;
    private long _updated = long.MinValue;

    public override bool Allows(long amount, long now)
    {
        Refill(now);
        return _level >= Math.Min(amount * frequency, _capacity);
    }

    public override void Take(long amount, long now)
    {
        Refill(now);
        _level -= amount * frequency;
    }

    /// <summary>0 if it is allowed now.</summary>
    public long TicksUntilAllowed(long amount, long now)
    {
        Refill(now);
        var missing = Math.Min(amount * frequency, _capacity) - _level;
        return missing <= 0 ? 0 : (missing + perSecond - 1) / perSecond;
    }

    private void Refill(long now)
    {
        if (_updated != long.MinValue && now > _updated)
        {
            // A long pause must not overflow: nothing is in debt for more than a minute.
            var elapsed = Math.Min(now - _updated, 60 * frequency);
            _level = Math.Min(_capacity, _level + (elapsed * perSecond));
        }

        _updated = Math.Max(_updated, now);
    }
}
