namespace DataProcessor.Grains.Producing;

/// <summary>Which lane a record belongs to, and how lanes follow a change of the shard map.</summary>
internal sealed partial class ShardProducer
{
    // Without aggregation a lane does one record a round trip; 64 lanes at 50 ms are more than the shard takes.
    private const int LanesWithoutAggregation = 64;
    private const int MapAttempts = 3;

    /// <summary>
    /// Lanes of a producer at most: announced splits that never came about leave theirs behind until the next
    /// activation.
    /// </summary>
    private const int MostLanes = 2 * LanesWithoutAggregation;

    /// <summary>How long an announcement waits for aggregates on their way; under the grain call's time-out of 2 s.</summary>
    private static readonly TimeSpan AnnouncesWithin = TimeSpan.FromMilliseconds(1500);

    private readonly List<Lane> _retiring = [];
    private TaskCompletionSource _retired = new();
    private Task _catchingUp = Task.CompletedTask;
    private Lane[] _lanes;
    private int _keylessLane;

    private bool LeavesRestToOthers => _isClosed && _options.Ordering == Ordering.Strict;

    /// <inheritdoc cref="IProducerGrain.Announce"/>
    /// <exception cref="InvalidOperationException">Too many splits were announced that never came about.</exception>
    public async Task<bool> AnnounceAsync(IReadOnlyCollection<HashKey> borders)
    {
        if (_isClosed && _buffer.Held == 0)
        {
            return true;
        }

        if (_lanes.Length + borders.Count > MostLanes)
        {
            throw new InvalidOperationException($"The producer of {_shard.Id} has {_lanes.Length} lanes already, the most are {MostLanes}.");
        }

        foreach (var border in borders)
        {
            SplitLanes(border);
        }

        Pump();
        using var patience = new CancellationTokenSource(AnnouncesWithin, _time);
        while (_retiring.Exists(lane => borders.Any(lane.Straddles)))
        {
            try
            {
                await _retired.Task.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Follows a newer map. When the shard is closed, no more puts are taken, and what waits is sent along the borders
    /// of the shards that came after it: Kinesis routes it by its explicit hash key. With <see cref="Ordering.Strict"/>
    /// it is answered Moved, since only the producers of those shards know their numbers.
    /// </summary>
    public void Follow(ShardMap map)
    {
        if (map.Version <= _mapVersion || _disposed.IsCancellationRequested)
        {
            return;
        }

        _mapVersion = map.Version;
        _sizes.Stream = map.MaxRecordSize;
        if (!_isClosed && Array.Find(map.Shards, shard => shard.Id == _shard.Id) is not { IsOpen: true })
        {
            _isClosed = true;
            LogClosed(_logger, _stream, _shard.Id, map.Version);
        }

        foreach (var shard in map.Open)
        {
            SplitLanes(shard.Range.Start);
        }

        if (LeavesRestToOthers)
        {
            _retiring.ForEach(lane => lane.MoveWaiting());
            Array.ForEach(_lanes, lane => lane.MoveWaiting());
        }

        Pump();
    }

    /// <summary>
    /// From now on no aggregate holds records of both sides of a key: called before the shard is split there, so that
    /// none straddles the children.
    /// </summary>
    /// <param name="at">First hash key of the upper side.</param>
    public void SplitLanes(HashKey at)
    {
        var index = LaneOf(at);
        var old = _lanes[index];
        if (!_shard.Range.Contains(at) || old.Range.Start == at)
        {
            return;
        }

        var lower = new Lane(new(old.Range.Start, new(at.Value - 1)), _laneParts, old);
        var upper = new Lane(new(at, old.Range.End), _laneParts, old);
        _lanes = [.. _lanes[..index], lower, upper, .. _lanes[(index + 1)..]];
        _retiring.Add(old);

        // What waits is dealt out anew; what is on its way stays with the old lane and is settled first.
        var now = _time.Monotonic();
        while (!old.Queue.IsEmpty)
        {
            Enqueue(old.Queue.RemoveFirst(), now);
        }
    }

    private Lane[] CutIntoLanes()
    {
        var range = _shard.Range;
        var width = (range.End.Value - range.Start.Value) / LanesWithoutAggregation;
        if (_options.AggregationEnabled || width == 0)
        {
            return [new(range, _laneParts)];
        }

        var lanes = new Lane[LanesWithoutAggregation];
        for (var i = 0; i < lanes.Length; i++)
        {
            var start = new HashKey(range.Start.Value + (width * (uint)i));
            var end = i == lanes.Length - 1 ? range.End : new(start.Value + width - 1);
            lanes[i] = new(new(start, end), _laneParts);
        }

        return lanes;
    }

    /// <summary>Deals out a slice to the lanes of its records; neighbours of one lane stay together.</summary>
    private void Enqueue(in RecordSlice slice, TimeSpan now)
    {
        if (_lanes.Length == 1)
        {
            if (slice.Count > 0)
            {
                _lanes[0].Enqueue(slice, now);
            }

            return;
        }

        var rest = slice;
        while (rest.Count > 0)
        {
            var lane = LaneOf(RecordFrame.Read(rest.Frames.Span));
            var (count, length) = (0, 0);
            do
            {
                length += RecordFrame.Read(rest.Frames.Span[length..]).Length;
                count++;
            }
            while (count < rest.Count && LaneOf(RecordFrame.Read(rest.Frames.Span[length..])) == lane);

            _lanes[lane].Enqueue(rest.Take(count, length), now);
            rest = rest.Skip(count, length);
        }
    }

    private int LaneOf(in RecordFrame record)
    {
        if (!record.IsKeyless)
        {
            return LaneOf(record.HashKey);
        }

        // Keyless records fill one lane's aggregate, then the next one's.
        _keylessLane %= _lanes.Length;
        if (_lanes[_keylessLane].IsFull)
        {
            _keylessLane = (_keylessLane + 1) % _lanes.Length;
        }

        return _keylessLane;
    }

    private int LaneOf(HashKey key)
    {
        var index = 0;
        for (var size = _lanes.Length; size > 1;)
        {
            var half = size / 2;
            index += _lanes[index + half].Range.Start <= key ? half : 0;
            size -= half;
        }

        return index;
    }

    private void RetireEmptyLanes()
    {
        var before = _retiring.Count;
        for (var i = _retiring.Count - 1; i >= 0; i--)
        {
            if (_retiring[i] is { IsEmpty: true, IsInFlight: false } empty)
            {
                _retiring.RemoveAt(i);
                empty.Dispose();
            }
        }

        if (_retiring.Count < before)
        {
            // Replaced first: whoever waits goes on at once, and may wait for the next one.
            var retired = _retired;
            _retired = new();
            retired.SetResult();
        }
    }

    /// <summary>
    /// A record landed on another shard: ours was split or merged. Its aggregate is good only if the shard where it
    /// landed owns the hash keys of all of its records; a reader drops it whole otherwise.
    /// </summary>
    private async Task<bool> BelongsElsewhereAsync(Lane lane, string shardId)
    {
        var landed = await FindShardAsync(shardId);

        // Kinesis routed a single record by its own key. An aggregate on a shard that nobody knows is sent again: that
        // may make duplicates, the other way would lose records.
        return !lane.IsAggregate || (landed is not null && lane.IsWithin(landed.Range));
    }

    private async Task<Shard?> FindShardAsync(string shardId)
    {
        for (var attempt = 1; attempt <= MapAttempts; attempt++)
        {
            try
            {
                var map = await _fetchMap(_mapVersion);
                Follow(map);
                if (Array.Find(map.Shards, shard => shard.Id == shardId) is { } found)
                {
                    return found;
                }
            }
            catch (Exception e)
            {
                LogMapFailed(_logger, e, _stream, shardId, attempt);
            }

            // The map is asked for at most once a second, and the service lists a new shard a moment late.
            if (attempt < MapAttempts)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), _time, CancellationToken.None);
            }
        }

        return null;
    }

    private async Task CatchUpAsync()
    {
        try
        {
            Follow(await _fetchMap(_mapVersion));
        }
        catch (Exception e)
        {
            // The next put asks again; until then a record that lands elsewhere tells as much.
            LogMapFailed(_logger, e, _stream, _shard.Id, attempt: 1);
        }
    }
}
