namespace DataProcessor.Grains.Producing;

/// <summary>
/// Bytes of the unsettled puts of one shard: whether there is room for another one, and if not, when there will be. A put
/// that was told so finds its room kept when it comes back: otherwise those who get an answer and put the next would always
/// be there first.
/// </summary>
internal sealed class PutBuffer(SiloBuffer silo, ProducerOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Bytes of a put besides its frames, so that a flood of tiny puts is bounded too.</summary>
    public const int BytesAPut = 512;

    /// <summary>Promises that are remembered; who is refused beyond is told the same and has no room kept.</summary>
    public const int MostPromises = 16_384;

    /// <summary>How long room is kept for a put that does not come back, at most.</summary>
    public static readonly TimeSpan KeepsRoom = TimeSpan.FromSeconds(1);

    /// <summary>Puts are settled an aggregate at a time, a few times a second.</summary>
    private static readonly TimeSpan SettledEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>The rate at which puts are settled is an average over about this time: many aggregates.</summary>
    private static readonly TimeSpan RateOver = TimeSpan.FromSeconds(2);

    // By the time when they are due; those that are due soon have their room kept.
    private readonly Dictionary<PutId, Promise> _promises = [];
    private readonly Queue<(PutId Id, TimeSpan Due)> _later = new();
    private readonly Queue<(PutId Id, TimeSpan Due)> _soon = new();
    private long _keptBytes;
    private TimeSpan _lastPromise;
    private double _recent;
    private TimeSpan _lastReturn;
    private bool _isDisposed;

    /// <summary>Bytes of the puts that are not settled.</summary>
    public long Held { get; private set; }

    /// <summary>Whether a put may be taken; into an empty buffer any may.</summary>
    public bool HasRoomFor(PutId id, int size)
    {
        KeepRoom(time.Monotonic());
        var hasPromise = _promises.ContainsKey(id);
        Forget(id);
        return Held == 0 || Held + size + (hasPromise ? 0 : _keptBytes) <= silo.Share;
    }

    /// <param name="size">Bytes of the put.</param>
    /// <param name="expectedRate">Bytes a second that the shard is thought to take: the rate before there is a measured one.</param>
    public void Take(int size, double expectedRate)
    {
        if (Held == 0)
        {
            (_recent, _lastReturn) = (expectedRate * RateOver.TotalSeconds, time.Monotonic());
        }

        Held += size;
        silo.Take(size);
    }

    public void Return(int size)
    {
        if (_isDisposed)
        {
            return;
        }

        var now = time.Monotonic();
        (_recent, _lastReturn) = (Recent(now) + size, now);
        Held -= size;
        silo.Return(size);
    }

    /// <summary>
    /// When a put that was refused finds room: at the rate at which puts are being settled, and after those that were
    /// refused before it. While nothing is settled, when the oldest have expired.
    /// </summary>
    public TimeSpan PromiseRoomFor(PutId id, int size)
    {
        var now = time.Monotonic();
        var rate = Rate(now);
        var room = now + Seconds((Held + size - silo.Share) / rate) + SettledEvery;
        var turn = _lastPromise + Seconds(size / rate);
        _lastPromise = MonotonicTime.Earlier(MonotonicTime.Later(room, turn), now + options.RecordTtl);
        if (_promises.Count < MostPromises && _promises.TryAdd(id, new(size, IsKept: false)))
        {
            _later.Enqueue((id, _lastPromise));
        }

        return _lastPromise - now;
    }

    /// <summary>Gives back what is held: the producer ends, and what is settled later holds nothing.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        silo.Return(Held);
        Held = 0;
    }

    /// <summary>
    /// Begins to keep room for a promise when a quarter of the buffer lies before it, which is then settled in time for
    /// it, and ends to as long after: whoever comes back or not, half of the buffer stays for everybody.
    /// </summary>
    private void KeepRoom(TimeSpan now)
    {
        var ahead = Seconds(silo.Share / 4 / Rate(now));
        while (_later.TryPeek(out var next) && next.Due <= now + ahead)
        {
            _later.Dequeue();
            if (_promises.TryGetValue(next.Id, out var promise) && !promise.IsKept)
            {
                _promises[next.Id] = promise with { IsKept = true };
                _keptBytes += promise.Size;
                _soon.Enqueue(next);
            }
        }

        var behind = MonotonicTime.Earlier(ahead, KeepsRoom);
        while (_soon.TryPeek(out var oldest) && oldest.Due + behind <= now)
        {
            _soon.Dequeue();
            Forget(oldest.Id);
        }
    }

    private void Forget(PutId id)
    {
        if (_promises.Remove(id, out var promise) && promise.IsKept)
        {
            _keptBytes -= promise.Size;
        }
    }

    private double Rate(TimeSpan now) => Recent(now) / RateOver.TotalSeconds;

    private double Recent(TimeSpan now) => _recent * Math.Exp(-((now - _lastReturn) / RateOver));

    private TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, options.RecordTtl.TotalSeconds));

    /// <param name="Size">Bytes of the put that was refused.</param>
    /// <param name="IsKept">Whether they are kept free.</param>
    private readonly record struct Promise(int Size, bool IsKept);
}
