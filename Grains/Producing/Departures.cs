namespace DataProcessor.Grains.Producing;

/// <summary>
/// When the lanes of a silo send what waits, so that they share PutRecords calls. The first record that waits opens a
/// departure, and whatever comes to any lane before it leaves goes along.
/// <para>
/// It leaves the later the more company the silo's rate of puts promises: at once while fewer than 8 are expected within
/// RecordMaxBufferedTime, after all of that time if 64 are, in proportion between. It leaves early when nothing came for
/// a tenth of that time: clients that wait for their answers send no more.
/// </para>
/// Thread-safe: the grains of a silo share it.
/// </summary>
internal sealed class Departures(ProducerOptions options, TimeProvider time)
{
    private const double TooLittleCompany = 8;
    private const double FullCompany = 64;

    /// <summary>The rate is an average over about this time: some 60 puts at the rate where waiting begins.</summary>
    private static readonly TimeSpan RateOver = TimeSpan.FromMilliseconds(500);

    private readonly TimeSpan _most = options.RecordMaxBufferedTime;
    private readonly TimeSpan _quiet = options.RecordMaxBufferedTime / 10;

    // Lanes of one departure run on schedulers of their own: the call waits a moment for all of them.
    private readonly double _gathering = options.Ordering == Ordering.Strict ? 0 : 1.0 / 20;
    private readonly Lock _gate = new();
    private Departure? _next;
    private double _puts;
    private TimeSpan _lastPut;

    /// <summary>How long a call waits for the other lanes of its departure. It is a part of RecordMaxBufferedTime.</summary>
    public TimeSpan Gathering
    {
        get
        {
            lock (_gate)
            {
                return Wait(time.Monotonic()) * _gathering;
            }
        }
    }

    /// <summary>Counts a put for the rate.</summary>
    public void OnPut(TimeSpan now)
    {
        lock (_gate)
        {
            _puts = Recent(now) + 1;
            _lastPut = now;
        }
    }

    /// <summary>The departure that records which come now go with.</summary>
    public Departure Join(TimeSpan now)
    {
        lock (_gate)
        {
            return _next is not null && !HasLeft(_next, now)
                ? _next
                : _next = new() { LeavesAt = now + (Wait(now) * (1 - _gathering)) };
        }
    }

    /// <summary>When it leaves, as far as known now; not later than now if it has left.</summary>
    public TimeSpan LeavesAt(Departure departure, TimeSpan now)
    {
        lock (_gate)
        {
            return HasLeft(departure, now) ? now : MonotonicTime.Earlier(departure.LeavesAt, _lastPut + _quiet);
        }
    }

    private bool HasLeft(Departure departure, TimeSpan now) =>
        departure.HasLeft = departure.HasLeft || departure.LeavesAt <= now || _lastPut + _quiet <= now;

    private TimeSpan Wait(TimeSpan now)
    {
        var expected = Recent(now) * (_most / RateOver);
        return _most * Math.Clamp((expected - TooLittleCompany) / (FullCompany - TooLittleCompany), 0, 1);
    }

    /// <summary>Puts of the last while; each counts less as time passes.</summary>
    private double Recent(TimeSpan now) => _puts * Math.Exp(-((now - _lastPut) / RateOver));
}

/// <summary>A moment at which lanes send together.</summary>
internal sealed class Departure
{
    public TimeSpan LeavesAt { get; init; }

    /// <summary>Once gone, it does not wait for those who come later.</summary>
    public bool HasLeft { get; set; }
}
