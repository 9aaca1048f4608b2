namespace DataProcessor.Gateway.Routing;

/// <summary>
/// Limits calls for streams that may not exist: each costs a DescribeStreamSummary, of which an account has 20 a second
/// for all who use it. A call that finds its stream gives its permit back.
/// </summary>
internal sealed class LookupLimit(TimeProvider time)
{
    /// <summary>Calls at a time, when there were none for a while.</summary>
    public const int Most = 10;

    /// <summary>A quarter of what the account has: there may be several gateways.</summary>
    public const int PerSecond = 5;

    private readonly Lock _lock = new();
    private double _permits = Most;
    private long _countedAt = time.GetTimestamp();

    public bool TryTake()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _permits = Math.Min(Most, _permits + (PerSecond * time.GetElapsedTime(_countedAt, now).TotalSeconds));
            _countedAt = now;
            if (_permits < 1)
            {
                return false;
            }

            _permits--;
            return true;
        }
    }

    public void GiveBack()
    {
        lock (_lock)
        {
            _permits++;
        }
    }
}
