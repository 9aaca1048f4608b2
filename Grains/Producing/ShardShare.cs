namespace DataProcessor.Grains.Producing;

/// <summary>
/// The part of a shard's limits that is ours while others write to it, too: 0 … 1. A throttle takes a fifth of it; then
/// it grows back along CUBIC's curve (RFC 9438): fast at first, hardly at all around the share at which it
/// was throttled, and ever faster beyond. So a steady neighbour is met once in some ten seconds, and one that has gone
/// leaves its part to us within twenty.
/// </summary>
internal sealed class ShardShare
{
    private const double Least = 1.0 / 16;
    private const double Decrease = 0.8;
    private const double GrowthPerCubicSecond = 0.0003;

    /// <summary>Several lanes' records fail together when the shard is full: one event.</summary>
    private static readonly TimeSpan ThrottlesAreOneWithin = TimeSpan.FromMilliseconds(250);

    private double _peak = 1;
    private TimeSpan? _throttledAt;

    public double At(TimeSpan now)
    {
        if (_throttledAt is not { } throttledAt)
        {
            return 1;
        }

        var seconds = (now - throttledAt).TotalSeconds - Math.Cbrt(_peak * (1 - Decrease) / GrowthPerCubicSecond);
        var share = _peak + (GrowthPerCubicSecond * seconds * seconds * seconds);
        if (share < 1)
        {
            return Math.Max(Least, share);
        }

        _throttledAt = null;
        return 1;
    }

    /// <param name="now">When the throttle was answered.</param>
    public void OnThrottled(TimeSpan now)
    {
        if (_throttledAt is { } before && now - before < ThrottlesAreOneWithin)
        {
            return;
        }

        // Throttled below the last peak: the neighbour grows, so leave it some more.
        var share = At(now);
        _peak = share < _peak ? share * (1 + Decrease) / 2 : share;
        _throttledAt = now;
    }
}
