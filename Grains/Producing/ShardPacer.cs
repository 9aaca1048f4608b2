namespace DataProcessor.Grains.Producing;

/// <summary>
/// Keeps the only writer of a shard inside the shard's limits. A record counts from the moment it is admitted until a
/// second after its answer: the service took it at some moment between the two, so however late or early it arrived,
/// no second of the service's own, sliding or token bucket, ever sees more than the limit. Others' writes show as
/// throttles, see <see cref="ShardShare"/>.
/// </summary>
internal sealed class ShardPacer
{
    /// <summary>Kinesis' limits of a shard: data and partition keys, and Kinesis records.</summary>
    public const int ShardBytesPerSecond = 1024 * 1024;

    /// <inheritdoc cref="ShardBytesPerSecond"/>
    public const int ShardRecordsPerSecond = 1000;

    /// <summary>One second, and a margin for the granularity of the service's clock.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(1003);

    private const int LeastPiece = 32 * 1024;

    private readonly TimeProvider _time;
    private readonly double _fullBytes;
    private readonly double _fullRecords;
    private readonly ShardShare _share = new();
    private readonly Queue<Answered> _answered = new();
    private long _answeredBytes;
    private long _openBytes;
    private int _openRecords;
    private TimeSpan _flight;

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
    public double BytesPerSecond => _fullBytes * _share.At(_time.Monotonic());

    /// <summary>
    /// Bytes that a record may have now. Alone at the shard it takes all the room that there is: records then grow until
    /// the lane waits for the shard and never the shard for the lane. Beside another writer large ones find no place, so a
    /// long queue goes in pieces, and none is left that is too small to use.
    /// </summary>
    public int MostNow
    {
        get
        {
            var now = _time.Monotonic();
            Forget(now);
            var share = _share.At(now);
            var available = (int)Math.Max(0, (_fullBytes * share) - _openBytes - _answeredBytes);
            return share == 1 || available < 2 * Piece ? available : Piece;
        }
    }

    /// <summary>
    /// Bytes to wait for when more waits than the shard takes: so many that a record of them is on its way for a quarter
    /// of the time that the shard needs for it. With fewer the lane still waits for an answer when there is room.
    /// </summary>
    public int Piece => Math.Max(LeastPiece, (int)(BytesPerSecond * 4 * _flight.TotalSeconds));

    /// <summary>
    /// When a Kinesis record of this size may go: now, later, or <see cref="MonotonicTime.Never"/> while that depends on
    /// an answer that has not come. A record larger than a second's budget goes when nothing else counts.
    /// </summary>
    public TimeSpan AdmitsAt(int bytes)
    {
        var now = _time.Monotonic();
        Forget(now);
        var limit = _fullBytes * _share.At(now);
        var needed = Math.Min(bytes, limit);
        var freeBytes = limit - _openBytes - _answeredBytes;
        var freeRecords = (_fullRecords * _share.At(now)) - _openRecords - _answered.Count;
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
    /// <param name="bytes">Its size.</param>
    /// <param name="flight">How long that took.</param>
    public void OnAnswered(int bytes, TimeSpan flight)
    {
        var now = _time.Monotonic();
        OnNotSent(bytes);
        _flight += (flight - _flight) / 8;

        // Larger than a second's budget: the debt is paid before the next one.
        var seconds = Math.Max(1, bytes / (_fullBytes * _share.At(now)));
        Count(bytes, now + (Window * seconds));
    }

    /// <summary>An admitted record never left this process.</summary>
    public void OnNotSent(int bytes)
    {
        _openBytes -= bytes;
        _openRecords--;
    }

    /// <summary>Somebody else writes to the shard too.</summary>
    public void OnThrottled() => _share.OnThrottled(_time.Monotonic());

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
