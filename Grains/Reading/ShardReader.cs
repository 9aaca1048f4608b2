using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

/// <summary>
/// Reads one shard for one application:
/// <code>
/// 1 take the lease ─▶ 2 position ─▶ 3 read a page ─▶ 4 deaggregate ─▶ 5 dispatch ─▶ 6 checkpoint ─┐
///                                        ▲────────────────────────────────────────────────────────┘
/// 7 end: write SHARD_END, or the checkpoint and give the lease back
/// </code>
/// One page is in memory at a time: a slow processor stops the reading. Single-threaded by contract: everything runs on
/// the scheduler that calls <see cref="RunAsync"/>, and <see cref="Status"/> may be asked for on it at any time.
/// </summary>
internal sealed partial class ShardReader : IAsyncDisposable
{
    /// <summary>Times that somebody else may get in between reading and taking the lease.</summary>
    private const int MaxTakeAttempts = 5;

    /// <summary>Reads of a foreign owner's lease while it is watched: how soon somebody learns that the owner is alive.</summary>
    private const int LooksAtForeignOwner = 3;

    private readonly StreamIdentity _stream;
    private readonly Shard _shard;
    private readonly string _owner;
    private readonly LeaseTable _leases;
    private readonly IShardPages _pages;
    private readonly BatchDecoder _decoder;
    private readonly BatchDispatcher _dispatcher;
    private readonly CheckpointCursor _cursor;
    private readonly IAsyncDisposable _processorScope;
    private readonly ReaderProgress _progress;
    private readonly ReaderOptions _options;
    private readonly TimeProvider _time;
    private readonly BackOff _storeBackOff;
    private readonly ILogger _logger;

    public ShardReader(ShardReaderParts parts)
    {
        (_stream, _shard, _owner) = (parts.Stream, parts.Shard, parts.Owner);
        (_leases, _options, _time, _logger) = (parts.Leases, parts.Options, parts.Time, parts.Logger);
        (var instruments, _processorScope) = (parts.Instruments, parts.ProcessorScope);
        _progress = new();
        _storeBackOff = new(_options.RetryBackOff, _options.MaxRetryBackOff, parts.Random);
        _cursor = new(_leases, _options, _progress, _time, instruments, _logger);
        var position = new ReadPosition(_stream.Name, _shard.Id, _options.InitialTimestamp, _time, instruments, _logger);
        _pages = _options.Reader == ReaderKind.Polling
            ? new ShardPoller(parts, position, _progress, new(parts.Room), _options.MinPollInterval)
            : new ShardSubscriber(parts, position, _progress, _cursor);
        _decoder = new(_shard.Range, _stream.Epoch, _options.MaxBatchRecords, _progress, instruments);
        _dispatcher = new(
            parts.Processor, _stream.Name, _shard.Id, _cursor, _options, _progress, _time, parts.Random, instruments, _logger);
    }

    /// <summary>How it goes; <see cref="ShardStatus.Silo"/> is the caller's to add.</summary>
    public ShardStatus Status => _progress.ToStatus(_shard.Id);

    /// <summary>
    /// Time since the service last accepted a subscription, or may have; null if it never did. Sooner than
    /// <see cref="FanOutRules.MinDistance"/> after it, the shard's next reader would be refused.
    /// </summary>
    public TimeSpan? SinceLastSubscribe => _pages.SinceLastSubscribe;

    /// <summary>Reads until it is told to stop, the shard ends, or another reader takes the lease. To be called once.</summary>
    public async Task<ReaderExit> RunAsync(CancellationToken stop)
    {
        _progress.State = ShardState.Reading;
        var exit = ReaderExit.Stopped;
        try
        {
            exit = await RunToEndAsync(stop);
        }
        finally
        {
            _decoder.Clear();
            await _pages.DisposeAsync();
            _progress.State = exit == ReaderExit.Finished ? ShardState.Finished : ShardState.Stopped;
            LogEnded(_logger, _stream.Name, _shard.Id, exit, _cursor.Position);
        }

        return exit;
    }

    /// <summary>Disposes the processor.</summary>
    public ValueTask DisposeAsync() => _processorScope.DisposeAsync();

    private async Task<ReaderExit> RunToEndAsync(CancellationToken stop)
    {
        using var abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var whenStopped = stop.Register(() => abort.CancelAfter(_options.StopTimeout));
        var isToBeReleased = false;
        try
        {
            if (await TakeLeaseAsync(stop) is not { } lease) // 1
            {
                return ReaderExit.LeaseLost;
            }

            if (lease.IsFinished)
            {
                return ReaderExit.Finished;
            }

            isToBeReleased = true;
            LogStarted(_logger, _stream.Name, _shard.Id, lease.Checkpoint, _owner);
            Position(lease); // 2
            if (await ReadToEndAsync(stop, abort.Token) is { } children) // 3-6
            {
                // A position on top of an end whose answer was lost would take it back.
                isToBeReleased = false;
                await CompleteAsync(children, abort.Token); // 7
                return _cursor.IsLeaseLost ? ReaderExit.LeaseLost : ReaderExit.Finished;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogStopping(_logger, _stream.Name, _shard.Id);
        }

        if (isToBeReleased && !_cursor.IsLeaseLost)
        {
            using var patience = new CancellationTokenSource(_options.StopTimeout, _time);
            await _cursor.ReleaseAsync(patience.Token); // 7
        }

        return _cursor.IsLeaseLost ? ReaderExit.LeaseLost : ReaderExit.Stopped;
    }

    /// <returns>The lease, taken unless the shard is finished; null if others take it again and again.</returns>
    private async ValueTask<Lease?> TakeLeaseAsync(CancellationToken stop)
    {
        var watch = new ForeignOwnerWatch(_options.Takeover, _options.ForeignOwnerTimeout, _time);
        for (var attempt = 0; attempt < MaxTakeAttempts;)
        {
            try
            {
                var lease = await _leases.GetOrCreateAsync(_stream, _shard, _options.InitialCheckpoint, stop);
                if (lease.IsFinished)
                {
                    return lease;
                }

                if (watch.Remaining(lease) is var remaining && remaining > TimeSpan.Zero)
                {
                    await WaitOutOwnerAsync(lease, watch.IsOwnerAlive, remaining, stop);
                    continue;
                }

                var take = await _leases.TakeAsync(lease, _owner, stop);
                if (take.Succeeded)
                {
                    _storeBackOff.Reset();
                    _progress.OnSuccess();
                    return take.Lease;
                }

                attempt++;
            }
            catch (StoreException exception)
            {
                await WaitOutStoreAsync(exception, stop);
            }
        }

        return null;
    }

    private void Position(Lease lease)
    {
        _cursor.Begin(lease);
        _pages.Seek(lease.Checkpoint);
        _decoder.ResumeAfter(_cursor.Position);
    }

    /// <returns>The shard's children at its end, when everything is handled; null if it was left before.</returns>
    private async ValueTask<Shard[]?> ReadToEndAsync(CancellationToken stop, CancellationToken abort)
    {
        while (true)
        {
            var page = await _pages.NextAsync(stop); // 3
            if (_pages.HasLostPosition)
            {
                _decoder.ResumeAfter(null); // What is left is newer, or the position was never of this shard.
            }

            _decoder.Load(page.Records);
            while (_decoder.TryNext(out var batch)) // 4
            {
                await _dispatcher.DispatchAsync(batch, page.MillisBehindLatest, stop, abort); // 5
                await _cursor.WriteIfDueAsync(stop); // 6
                if (_cursor.IsLeaseLost || stop.IsCancellationRequested)
                {
                    return null;
                }
            }

            if (page.IsShardEnd)
            {
                return Array.ConvertAll(page.ChildShards, ToShard);
            }

            await _cursor.WriteIfDueAsync(stop); // 6, of what earlier pages brought
            if (_cursor.IsLeaseLost)
            {
                return null;
            }
        }
    }

    private async ValueTask CompleteAsync(Shard[] children, CancellationToken abort)
    {
        while (!await _cursor.TryCompleteAsync(children, abort) && !_cursor.IsLeaseLost)
        {
            await Task.Delay(_storeBackOff.Next(), _time, abort);
        }
    }

    private static Shard ToShard(ChildShard child) => new(
        child.ShardId,
        new(HashKey.Parse(child.StartingHashKey), HashKey.Parse(child.EndingHashKey)),
        child.ParentShards,
        IsOpen: true);

    private async ValueTask WaitOutOwnerAsync(Lease lease, bool isOwnerAlive, TimeSpan remaining, CancellationToken stop)
    {
        var reason = isOwnerAlive
            ? $"'{lease.Owner}' holds lease {lease.Key} and renews it: another consumer, KCL perhaps, reads the shard. Stop it, or start with --Reader:Takeover=Force."
            : $"'{lease.Owner}' holds lease {lease.Key}; it is watched for {_options.ForeignOwnerTimeout} and taken if it stands still.";
        if (_progress.LastError != reason)
        {
            LogForeignOwner(_logger, _stream.Name, _shard.Id, reason);
        }

        _progress.OnWaiting(reason);
        var look = _options.ForeignOwnerTimeout / LooksAtForeignOwner;
        await Task.Delay(remaining < look ? remaining : look, _time, stop);
    }

    private async ValueTask WaitOutStoreAsync(StoreException exception, CancellationToken stop)
    {
        _progress.OnFailure(exception);
        var delay = _storeBackOff.Next();
        if (_storeBackOff.IsWorthLogging)
        {
            LogTakeFailed(_logger, exception, _stream.LeaseKey(_shard.Id), _storeBackOff.Failures, delay);
        }

        await Task.Delay(delay, _time, stop);
    }
}
