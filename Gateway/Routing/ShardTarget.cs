using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Routing;

/// <summary>An open shard as the gateway knows it: its producer, and how much we hold for it. Outlives map versions.</summary>
internal sealed class ShardTarget(Shard shard, IProducerGrain producer, long maxBytes)
{
    /// <summary>
    /// A producer that answers none of its calls for so long is taken for lost, a second and a half before the first of
    /// them times out.
    /// </summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMilliseconds(500);

    /// <summary>After that a lost producer is tried again, unless a call that it answers tells sooner that it is back.</summary>
    private static readonly TimeSpan AvoidLostFor = TimeSpan.FromSeconds(5);

    private long _avoidUntil = long.MinValue;
    private long _silentFrom;
    private int _unanswered;
    private volatile bool _isLost;

    public Shard Shard { get; } = shard;

    public IProducerGrain Producer { get; } = producer;

    /// <summary>Bytes of requests in flight to this shard.</summary>
    public ByteBudget InFlight { get; } = new(maxBytes);

    /// <summary>Where single records of concurrent requests meet.</summary>
    public PutGathering Gathering { get; } = new();

    /// <summary>A call to the producer begins; <see cref="OnAnswered"/> or <see cref="OnFailed"/> is its end.</summary>
    public void OnCall(TimeProvider time)
    {
        if (Interlocked.Increment(ref _unanswered) == 1 && !_isLost)
        {
            Volatile.Write(ref _silentFrom, After(time, LongestSilence));
        }
    }

    /// <summary>The producer has answered, whatever it was.</summary>
    public void OnAnswered(TimeProvider time)
    {
        Volatile.Write(ref _silentFrom, After(time, LongestSilence));
        Interlocked.Decrement(ref _unanswered);
        if (_isLost)
        {
            _isLost = false;
            Volatile.Write(ref _avoidUntil, long.MinValue);
        }
    }

    /// <summary>The call did not reach the producer, or its answer did not come.</summary>
    public void OnFailed(TimeProvider time)
    {
        _isLost = true;
        Avoid(time, AvoidLostFor);
        Interlocked.Decrement(ref _unanswered);
    }

    /// <summary>Its producer is full: records that may go anywhere go elsewhere for a while.</summary>
    public void Avoid(TimeProvider time, TimeSpan span) => Volatile.Write(ref _avoidUntil, After(time, span));

    /// <summary>Whether records that may go anywhere are to go elsewhere: the producer is full, or lost.</summary>
    public bool IsAvoided(long timestamp) =>
        timestamp < Volatile.Read(ref _avoidUntil)
        || (Volatile.Read(ref _unanswered) > 0 && timestamp >= Volatile.Read(ref _silentFrom));

    private static long After(TimeProvider time, TimeSpan span) =>
        time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);
}
