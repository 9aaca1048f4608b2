namespace DataProcessor.Aws.Retry;

/// <summary>
/// Tokens that retries pay with, so that an outage is not answered with a multiple of the load. The figures are those of the
/// AWS SDKs' standard retry mode: 500 tokens, 5 for a retry, 10 after a time-out or a lost connection; a success pays back
/// what its retry took, or 1.
/// </summary>
internal sealed class RetryQuota
{
    public const int Capacity = 500;
    public const int RetryCost = 5;
    public const int NoAnswerCost = 10;
    public const int SuccessReward = 1;

    private int _tokens = Capacity;

    public int Tokens => Volatile.Read(ref _tokens);

    public bool TryTake(int cost)
    {
        for (var seen = Tokens; seen >= cost;)
        {
            var before = Interlocked.CompareExchange(ref _tokens, seen - cost, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    public void Return(int tokens)
    {
        for (var seen = Tokens; seen < Capacity;)
        {
            var before = Interlocked.CompareExchange(ref _tokens, Math.Min(Capacity, seen + tokens), seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
