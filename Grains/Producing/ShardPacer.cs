namespace DataProcessor.Grains.Producing;

/// <summary>
/// Keeps the only writer of a shard inside the shard's limits. A record counts from the moment it is admitted until a
/// second after its answer: the service took it at some moment between the two, so however late or early it arrived,
/// no second of the service's own, sliding or token bucket, ever sees more than the limit. Others' writes show as
/// throttles: they halve the rate, and it recovers linearly (AIMD).
/// </summary>
internal sealed class ShardPacer
{
    /// <summary>Kinesis' limits of a shard: data and partition keys, and Kinesis records.</summary>
    public const int ShardBytesPerSecond = 1024 * 1024;

    /// <inheritdoc cref="ShardBytesPerSecond"/>
    public const int ShardRecordsPerSecond = 1000;

    /// <summary>One second, and a margin for the granularity of the service's clock.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(1010);

    private const double LeastShare = 1.0 / 16;
    private const double RecoveryPerSecond = 0.1;

    // Several lanes' records fail together when the shard is full: one event.
    private static readonly TimeSpan ThrottlesAreOneWithin = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly double _fullBytes;
    private readonly double _fullRecords;
    private readonly Queue<Answered> _answered = new();
    private long _answeredBytes;
    private long _openBytes;
    private int _openRecords;
    private double _share = 1;
    private TimeSpan _throttledAt = TimeSpan.MinValue;

    /// <param name="time">Clock.</param>
    /// <param name="rateLimit">Percent of the shard's limits to use.</param>
    public ShardPacer(TimeProvider time, int rateLimit)
    {
        _time = time;
        _fullBytes = ShardBytesPerSecond * (rateLimit / 100.0);
        _fullRecords = Math.Max(1, ShardRecordsPerSecond * (rateLimit / 100.0));

        // The producer that this one follows (of this shard, or of its parents) may have used the last second fully:
        // start with half of it, so that a first request need not wait.
        Count((int)(_fullBytes / 2), _time.Monotonic() + Window);
    }

    /// <summary>Bytes a second that the shard is thought to take now.</summary>
    public double BytesPerSecond => _fullBytes * Share(_time.Monotonic());

    /// <summary>Bytes that would be admitted now.</summary>
    public int AvailableBytes
    {
        get
        {
            var now = _time.Monotonic();
            Forget(now);
            return (int)Math.Max(0, (_fullBytes * Share(now)) - _openBytes - _answeredBytes);
        }
    }

    /// <summary>
    /// When a Kinesis record of this size may go: now, later, or <see cref="MonotonicTime.Never"/> while that depends on
    /// an answer that has not come. A record larger than a second's budget goes when nothing else counts.
    /// </summary>
    public TimeSpan AdmitsAt(int bytes)
    {
        var now = _time.Monotonic();
        Forget(now);
        var limit = _fullBytes * Share(now);
        var needed = Math.Min(bytes, limit);
        var freeBytes = limit - _openBytes - _answeredBytes;
        var freeRecords = (_fullRecords * Share(now)) - _openRecords - _answered.Count;
        if (freeBytes >= needed && freeRecords >= 1)
        {
            return now;
        }

        foreach (var answered in _answered)
        {
            freeBytes += answered.Bytes;
            freeRecords++;
            if (freeBytes >= needed && freeRecords >= 1)
            {
                return answered.Until;
            }
        }

        return MonotonicTime.Never;
    }

    /// <summary>Counts a record that is now sent. Each needs its <see cref="OnAnswered"/>.</summary>
    public void Admit(int bytes)
    {
        _openBytes += bytes;
        _openRecords++;
    }

    /// <summary>An admitted record has its outcome, whatever it is: an unanswered one may have been counted too.</summary>
    public void OnAnswered(int bytes)
    {
        var now = _time.Monotonic();
        _openBytes -= bytes;
        _openRecords--;

        // Larger than a second's budget: the debt is paid before the next one.
        var seconds = Math.Max(1, bytes / (_fullBytes * Share(now)));
        Count(bytes, now + (Window * seconds));
    }

    /// <summary>Somebody else writes to the shard too.</summary>
    public void OnThrottled()
    {
        var now = _time.Monotonic();
        if (_throttledAt == TimeSpan.MinValue || now - _throttledAt >= ThrottlesAreOneWithin)
        {
            _share = Math.Max(LeastShare, Share(now) / 2);
            _throttledAt = now;
        }
    }

    private double Share(TimeSpan now) => _share >= 1
        ? 1
        : Math.Min(1, _share + ((now - _throttledAt).TotalSeconds * RecoveryPerSecond));

    private void Count(int bytes, TimeSpan until)
    {
        _answered.Enqueue(new(bytes, until));
        _answeredBytes += bytes;
    }

    private void Forget(TimeSpan now)
    {
        while (_answered.TryPeek(out var oldest) && oldest.Until <= now)
        {
            _answered.Dequeue();
            _answeredBytes -= oldest.Bytes;
        }
    }

    private readonly record struct Answered(int Bytes, TimeSpan Until);
}
