namespace DataProcessor.Aws.Local.Limits;

/// <summary>Remembers what was taken in the last second; the number of entries is bounded by the limit itself.</summary>
internal sealed class SlidingSecond(long perSecond, long frequency) : RateMeter
{
    private readonly Queue<(long Leaves, long Amount)> _taken = new();
    private long _sum;

    public override bool Allows(long amount, long now)
    {
        while (_taken.TryPeek(out var oldest) && oldest.Leaves <= now)
        {
            _sum -= oldest.Amount;
            _taken.Dequeue();
        }

        return _sum == 0 || _sum + amount <= perSecond;
    }

    public override void Take(long amount, long now)
    {
        if (amount <= 0)
        {
            return;
        }

        // More than the limit counts for longer than a second.
        var stay = Math.Max(frequency, (long)((Int128)amount * frequency / perSecond));
        _taken.Enqueue((now + stay, amount));
        _sum += amount;
    }
}
