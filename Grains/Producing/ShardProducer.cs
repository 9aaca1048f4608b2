using DataProcessor.Grains.Aggregation;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Producing;

/// <summary>
/// Writes to one shard: takes puts into a bounded buffer, packs their records lane by lane, paces them to the shard's
/// limits, and answers each put with what became of its records.
/// <code>
/// PutAsync ─▶ PutLedger (ids, answers; PutBuffer) ─▶ Lane (queue → one unsettled Kinesis record)
///                                                   │  Pump: due? paced? deadline?
///                        Store / Retry / Reject ◀── SendRecord ◀─┘
/// </code>
/// Single-threaded: every member is called on the scheduler on which <see cref="RunAsync"/> was started, and every
/// continuation resumes there.
/// </summary>
internal sealed partial class ShardProducer : IDisposable
{
    /// <summary>
    /// How long a drain waits for callers to fetch answers: a caller whose call returned Pending asks again at once, and
    /// after the move nobody would know the put.
    /// </summary>
    public static readonly TimeSpan DrainGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// With <see cref="Ordering.Strict"/>, how long a producer waits that knows no number of its shard, because another
    /// one wrote last: by then the arrival decides the order.
    /// </summary>
    public static readonly TimeSpan OrderSettles = TimeSpan.FromSeconds(1);

    private readonly Shard _shard;
    private readonly string _stream;
    private readonly SendRecord _send;
    private readonly Departures _departures;
    private readonly FetchMap _fetchMap;
    private readonly ProducerOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ProducerMeter _meter;
    private readonly ILogger _logger;
    private readonly PutBuffer _buffer;
    private readonly PutLedger _ledger;
    private readonly ShardPacer _pacer;
    private readonly Alarm _alarm;
    private readonly FailureStreak _failures;
    private readonly RecordSizes _sizes;
    private readonly LaneParts _laneParts;
    private readonly CancellationTokenSource _disposed = new();
    private long _mapVersion;
    private TimeSpan _sendsFrom;
    private bool _isClosed;
    private bool _isDraining;

    /// <param name="map">The map to start with.</param>
    /// <param name="shard">The shard; of the map, or closed if the map has it no more.</param>
    /// <param name="send">Writes a Kinesis record.</param>
    /// <param name="departures">When to send: shared with the silo's other producers of the stream.</param>
    /// <param name="silo">What the silo's producers hold together.</param>
    /// <param name="fetchMap">Asks for a newer map when records land elsewhere.</param>
    /// <param name="options">Validated options.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="random">Jitter and the incarnation's name.</param>
    /// <param name="meter">The shard's metrics.</param>
    /// <param name="logger">For one line per failed send or change of state.</param>
    public ShardProducer(
        ShardMap map,
        Shard shard,
        SendRecord send,
        Departures departures,
        SiloBuffer silo,
        FetchMap fetchMap,
        ProducerOptions options,
        TimeProvider time,
        Random random,
        ProducerMeter meter,
        ILogger logger)
    {
        _shard = shard;
        _stream = map.Stream.Name;
        _mapVersion = map.Version;
        _isClosed = !shard.IsOpen;
        _sendsFrom = options.Ordering == Ordering.Strict ? time.Monotonic() + OrderSettles : TimeSpan.Zero;
        _send = send;
        _departures = departures;
        _fetchMap = fetchMap;
        _options = options;
        _time = time;
        _random = random;
        _meter = meter;
        _logger = logger;
        _failures = new(time);
        _sizes = new(options, map.MaxRecordSize);
        _buffer = new(silo, options, time);
        _ledger = new(_buffer, time, meter);
        _laneParts = new(AggregateTag.NameIncarnation(map.Stream.Epoch, random), options, _sizes, _ledger, departures);
        _pacer = new(time, options.RateLimit);
        _alarm = new(time);
        _lanes = CutIntoLanes();
        Array.ForEach(map.Announced, SplitLanes);
    }

    /// <summary>Whether the shard takes no more puts: it was closed, or the producer drains.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Bytes of the puts that are not settled.</summary>
    public long BufferedBytes => _buffer.Held;

    /// <summary>Records that were stored before their lane's previous one.</summary>
    public long Inversions { get; private set; }

    /// <summary>Highest number that the shard has given to a record of this producer, or of the one that it continues.</summary>
    public SequenceNumber? LastStored
    {
        get
        {
            var stored = _retiring.Concat(_lanes).Where(lane => lane.LastStored.ShardId == _shard.Id).Select(lane => lane.LastStored.Number);
            return stored.Any() ? stored.Max() : null;
        }
    }

    /// <summary>Takes over the order of the producer that was here before the move.</summary>
    public void Continue(SequenceNumber lastStored)
    {
        _sendsFrom = TimeSpan.Zero;
        Array.ForEach(_lanes, lane => lane.LastStored = (_shard.Id, lastStored));
    }

    /// <summary>Serves the producer's timer until it is disposed.</summary>
    public async Task RunAsync()
    {
        while (await _alarm.WaitAsync())
        {
            try
            {
                Pump();
            }
            catch (Exception e)
            {
                // A bug: say so, and let the next event go on with the other lanes.
                LogPumpFailed(_logger, e, _stream, _shard.Id);
            }
        }
    }

    /// <inheritdoc cref="IProducerGrain.Put"/>
    public Task<PutResponse> PutAsync(PutRequest request)
    {
        if (_ledger.TryFind(request.Id, out var known))
        {
            if (known.Content != PutContent.Of(request))
            {
                throw new ArgumentException($"Put {request.Id.Value} has other records than the put of this id before it.", nameof(request));
            }

            if (!known.IsUnwritten)
            {
                return AnswerAsync(known);
            }
        }

        if (request.MapVersion > _mapVersion && _catchingUp.IsCompleted)
        {
            // Whoever routed it knows of a change; it may be one of this shard's.
            _catchingUp = CatchUpAsync();
        }

        if (_isClosed)
        {
            return Task.FromResult(PutResponse.Moved);
        }

        var intake = PutIntake.Read(request, _shard.Range, _sizes.UserRecord);
        if (intake.LeavesRange)
        {
            // A shard's range never changes, so a map at least as new as ours cannot have sent the record here.
            return request.MapVersion < _mapVersion
                ? Task.FromResult(PutResponse.Moved)
                : throw new ArgumentException(
                    $"Put {request.Id.Value} routed by map {request.MapVersion} has records outside of {_shard.Id}.", nameof(request));
        }

        if (request.Count == 0)
        {
            return Task.FromResult(PutResponse.Settled([]));
        }

        var size = request.Frames.Length + PutBuffer.BytesAPut;
        return _buffer.HasRoomFor(request.Id, size)
            ? AnswerAsync(Take(request, intake.Refused))
            : Task.FromResult(PutResponse.Busy(_buffer.PromiseRoomFor(request.Id, size)));
    }

    /// <inheritdoc cref="IProducerGrain.Await"/>
    public Task<PutResponse> AwaitAsync(PutId id) =>
        _ledger.TryFind(id, out var put) ? AnswerAsync(put) : Task.FromResult(PutResponse.Unknown);

    /// <summary>
    /// Before a move: answers what is not yet sent with <see cref="PutOutcome.Moved"/>, refuses new puts and waits for
    /// the call in flight.
    /// </summary>
    public async Task DrainAsync()
    {
        var began = _time.Monotonic();
        (_isClosed, _isDraining) = (true, true);
        Lane[] lanes = [.. _retiring, .. _lanes];
        foreach (var lane in lanes)
        {
            lane.MoveWaiting();
        }

        await Task.WhenAll(lanes.Select(lane => lane.Flight));
        using var fetched = new CancellationTokenSource();
        var grace = Task.Delay(DrainGrace, _time, fetched.Token);
        await Task.WhenAny(_ledger.WhenFetched(began), grace);

        // Only a timer listens: CancelAsync would go by way of the thread pool.
        fetched.Cancel();
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _alarm.Dispose();
        _buffer.Dispose();
        foreach (var lane in _retiring.Concat(_lanes))
        {
            if (!lane.IsInFlight)
            {
                lane.Dispose();
            }
        }
    }

    private Task<PutResponse> AnswerAsync(PendingPut put)
    {
        // Waiting first: the pump sets the alarm for the caller's patience too.
        var answer = _ledger.AnswerAsync(put);
        Pump();
        return answer;
    }

    private PendingPut Take(PutRequest request, IReadOnlyList<RefusedRecord> refused)
    {
        var now = _time.Monotonic();
        var timeToLive = MonotonicTime.Earlier(request.TimeToLive, _options.RecordTtl);

        // A put with little time must not spend it on waiting for company.
        var wait = MonotonicTime.Earlier(_options.RecordMaxBufferedTime, timeToLive / 2);
        var put = new PendingPut(request, now + wait, now + timeToLive);
        _ledger.Add(put, _pacer.BytesPerSecond);
        _departures.OnPut(now);
        _meter.OnReceived(request.Count);

        var (first, start, offset) = (0, 0, 0);
        foreach (var record in refused.Append(new(request.Count, "")))
        {
            for (var index = first; index < record.Index; index++)
            {
                offset += RecordFrame.Read(put.Frames.AsSpan(offset)).Length;
            }

            Enqueue(new(put, first, record.Index - first, start, offset - start, 0, false, null), now);
            if (record.Index < request.Count)
            {
                offset += RecordFrame.Read(put.Frames.AsSpan(offset)).Length;
                _ledger.Settle(put, new(record.Index, 1, PutOutcome.Rejected, null, default, 0, 0, "ValidationException", record.Reason));
            }

            (first, start) = (record.Index + 1, offset);
        }

        return put;
    }
}
