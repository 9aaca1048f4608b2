using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

/// <summary>
/// Has the pages of one shard pushed by enhanced fan-out:
/// <code>
/// subscribe ─▶ read events ─┬─ 5 minutes over ─▶ subscribe
///     ▲                     └─ any other end ──▶ re-read the lease ─▶ back-off ─┐
///     └── bridge by GetRecords while the last subscription is less than 5 s old ◀┘
/// </code>
/// Every way goes on at the one position, which moves when a page is handed over. Only the regular end of a
/// subscription is followed by another without a look at the lease: any other may be a takeover.
/// </summary>
internal sealed partial class ShardSubscriber : IShardPages
{
    private const string InUse = "ResourceInUseException";
    private const string NotFound = "ResourceNotFoundException";
    private const string LimitExceeded = "LimitExceededException";
    private const string InvalidArgument = "InvalidArgumentException";

    /// <summary>Refusals in a row after which the consumer itself is looked at: it may not be ACTIVE.</summary>
    private const int RefusalsToLookAtConsumer = 5;

    private readonly KinesisClient _client;
    private readonly StreamConsumers _consumers;
    private readonly StreamIdentity _stream;
    private readonly string _shard;
    private readonly string _consumer;
    private readonly ReaderOptions _options;
    private readonly TimeProvider _time;
    private readonly ShardInstruments _instruments;
    private readonly ILogger _logger;
    private readonly ReadPosition _position;
    private readonly ReaderProgress _progress;
    private readonly CheckpointCursor _cursor;
    private readonly PageShare _share;
    private readonly ShardPoller _bridge;
    private readonly SubscribeSchedule _schedule;
    private readonly BackOff _failures;
    private readonly BackOff _refusals;
    private readonly BackOff _takeovers;
    private string _arn = "";
    private LiveSubscription? _live;
    private int _fallbacks;

    /// <param name="parts">Of the reader.</param>
    /// <param name="position">Where to read.</param>
    /// <param name="progress">Told of failures, successes and the distance to the tip.</param>
    /// <param name="cursor">Asked whether the lease is still the reader's.</param>
    public ShardSubscriber(ShardReaderParts parts, ReadPosition position, ReaderProgress progress, CheckpointCursor cursor)
    {
        (_client, _consumers, _stream, _shard, _consumer) =
            (parts.Client, parts.Consumers, parts.Stream, parts.Shard.Id, parts.Application);
        (_options, _time, _instruments, _logger) = (parts.Options, parts.Time, parts.Instruments, parts.Logger);
        (_position, _progress, _cursor) = (position, progress, cursor);
        var interval = _options.MinPollInterval > FanOutRules.BridgeInterval ? _options.MinPollInterval : FanOutRules.BridgeInterval;
        _share = new(parts.Room);
        _bridge = new(parts, position, progress, _share, interval);
        _schedule = new(_time);
        _failures = new(_options.RetryBackOff, _options.MaxRetryBackOff, parts.Random);

        // A consumer may call once a second for a shard; what it waits for is over after 5 s.
        _refusals = new(TimeSpan.FromSeconds(2), FanOutRules.MinDistance, parts.Random);
        _takeovers = new(_options.RetryBackOff, _options.MaxRetryBackOff, parts.Random);
    }

    public bool HasLostPosition => _position.IsLost;

    public TimeSpan? SinceLastSubscribe => _schedule.SinceLastAccepted;

    public void Seek(Checkpoint checkpoint) => _position.Seek(checkpoint);

    public async ValueTask<ShardPage> NextAsync(CancellationToken stop)
    {
        _share.Return();
        while (!_cursor.IsLeaseLost)
        {
            if (_live is { } live)
            {
                if (await ReadAsync(live, stop) is { } pushed)
                {
                    return pushed;
                }
            }
            else if (_schedule.BridgeLeft is var left && left > TimeSpan.Zero)
            {
                if (await BridgeAsync(left, stop) is { } polled)
                {
                    return polled;
                }
            }
            else
            {
                await SubscribeAsync(stop);
            }
        }

        return ShardPage.Nothing;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _share.Return();
    }

    private async ValueTask SubscribeAsync(CancellationToken stop)
    {
        await Task.Delay(_schedule.WaitLeft, _time, stop);
        var isSent = false;
        try
        {
            _arn = await _consumers.GetAsync(_stream, _consumer, stop);
            isSent = true;
            var subscription = await _client.SubscribeToShardAsync(_arn, _shard, _position.Start, stop);
            OnSubscribed(new(subscription, _time, stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (isSent)
            {
                _schedule.OnAccepted(); // It may have been.
            }

            throw;
        }
        catch (KinesisException refusal) when (isSent && refusal.ErrorCode == InUse)
        {
            await OnInUseAsync(stop);
        }
        catch (KinesisException limit) when (!isSent && limit.ErrorCode == LimitExceeded && _options.Reader == ReaderKind.Auto)
        {
            FallBack(limit);
        }
        catch (Exception exception)
        {
            OnSubscribeFailed(exception, isSent);
        }
    }

    private void OnSubscribed(LiveSubscription live)
    {
        _live = live;
        _schedule.OnAccepted();
        _instruments.OnSubscribe("accepted");
        LogSubscribed(_logger, _stream.Name, _shard, _position.Start, _consumer);
        _position.OnTaken();
        _bridge.ForgetIterator();
        _refusals.Reset();
        if (_fallbacks > 0)
        {
            LogReturned(_logger, _stream.Name, _shard, _fallbacks);
            _fallbacks = 0;
        }
    }

    /// <summary>
    /// Somebody subscribed less than 5 s ago: this silo before a crash, an unanswered call, or another reader. If the
    /// lease is still this reader's, only time has to pass.
    /// </summary>
    private async ValueTask OnInUseAsync(CancellationToken stop)
    {
        _instruments.OnSubscribe(InUse);
        var delay = _refusals.Next();
        if (_refusals.IsWorthLogging)
        {
            LogInUse(_logger, _stream.Name, _shard, delay);
        }

        if (_refusals.Failures % RefusalsToLookAtConsumer == 0)
        {
            _consumers.Forget(_stream, _consumer, _arn);
        }

        _schedule.BridgeFor(delay);
        await ConfirmLeaseAsync(stop);
    }

    private void FallBack(KinesisException limit)
    {
        _fallbacks++;
        _instruments.OnFellBack();
        _schedule.BridgeFor(_options.FanOutRetryInterval);
        LogFellBack(_logger, _stream.Name, _shard, _options.FanOutRetryInterval, _consumer, _fallbacks, limit.Message);
    }

    private void OnSubscribeFailed(Exception exception, bool isSent)
    {
        var failure = exception as KinesisException;
        if (isSent)
        {
            _instruments.OnSubscribe(failure?.ErrorCode ?? exception.GetType().Name);
        }

        if (isSent && failure is { IsOutcomeUnknown: true })
        {
            _schedule.OnAccepted();
        }

        switch (failure?.ErrorCode)
        {
            case NotFound when isSent:
                OnConsumerUnknown();
                break;
            case InvalidArgument when isSent:
                _schedule.BridgeFor(FanOutRules.MinDistance); // GetShardIterator tells whether it is the position.
                break;
        }

        BackOffAfter(exception);
    }

    private async ValueTask<ShardPage?> ReadAsync(LiveSubscription live, CancellationToken stop)
    {
        try
        {
            if (await live.AwaitNextAsync() is { } bytes)
            {
                await _share.TakeAsync(bytes, stop);
                if (await live.NextAsync() is { } pushed)
                {
                    return Accept(pushed);
                }
            }

            await OnEndedAsync(live.IsAtItsEnd ? SubscriptionEnd.Renewal : SubscriptionEnd.Drop, null, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            await OnEndedAsync(ReasonOf(exception), exception, stop);
        }

        return null;
    }

    private static SubscriptionEnd ReasonOf(Exception exception) => exception switch
    {
        TimeoutException => SubscriptionEnd.Stall,
        KinesisException { ErrorCode: InUse } => SubscriptionEnd.Takeover,
        KinesisException { ErrorCode: KinesisException.NoAnswer } => SubscriptionEnd.Drop,
        _ => SubscriptionEnd.Error,
    };

    private ShardPage Accept(SubscriptionEvent pushed)
    {
        // The caller has it the moment this returns, and asks for no other before it is done with it.
        _position.Advance(pushed.Records, pushed.ContinuationSequenceNumber);
        _instruments.OnPushed(pushed.MillisBehindLatest);
        _progress.MillisBehindLatest = pushed.MillisBehindLatest;
        _progress.OnSuccess();
        if (_failures.Reset() is > 0 and var failures)
        {
            LogRecovered(_logger, _stream.Name, _shard, failures);
        }

        return new(
            pushed.Records, pushed.MillisBehindLatest, pushed.ContinuationSequenceNumber is null, pushed.ChildShards);
    }

    private async ValueTask OnEndedAsync(SubscriptionEnd reason, Exception? exception, CancellationToken stop)
    {
        _instruments.OnSubscriptionEnded(reason);
        await CloseAsync();
        _share.Return();
        if (reason == SubscriptionEnd.Takeover)
        {
            await ConfirmLeaseAsync(stop);
            OnTakenOver();
            return;
        }

        _takeovers.Reset();
        if (reason == SubscriptionEnd.Renewal)
        {
            return;
        }

        if (exception is KinesisException { ErrorCode: NotFound })
        {
            OnConsumerUnknown();
        }

        BackOffAfter(exception ?? new EndOfStreamException("The service ended the subscription early."));
        await ConfirmLeaseAsync(stop);
    }

    /// <summary>Deregistered, or gone with the stream: another of its name must not be bridged to. A new consumer need not wait.</summary>
    private void OnConsumerUnknown()
    {
        _consumers.Forget(_stream, _consumer, _arn);
        _schedule.EndBridge();
    }

    private void OnTakenOver()
    {
        if (_cursor.IsLeaseLost)
        {
            return;
        }

        // The other's subscription is young: until it can be replaced, records come by GetRecords.
        var delay = FanOutRules.MinDistance + _takeovers.Next();
        _schedule.BridgeFor(delay);
        LogTakenOver(_logger, _stream.Name, _shard, _takeovers.Failures, delay);
    }

    /// <summary>Reads by GetRecords until a subscription is to be had again.</summary>
    /// <returns>Null when that time has come.</returns>
    private async ValueTask<ShardPage?> BridgeAsync(TimeSpan left, CancellationToken stop)
    {
        using var until = new CancellationTokenSource(left, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, until.Token);
        try
        {
            var page = await _bridge.NextAsync(either.Token);
            _instruments.OnBridged();
            return page;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            _share.Return();
            return null;
        }
    }

    private async ValueTask ConfirmLeaseAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await _cursor.ConfirmLeaseAsync(stop);
                return;
            }
            catch (StoreException exception)
            {
                await Task.Delay(BackOffAfter(exception), _time, stop);
            }
        }
    }

    private TimeSpan BackOffAfter(Exception exception)
    {
        _progress.OnFailure(exception);
        var delay = _failures.Next();
        _schedule.WaitFor(delay);
        if (_failures.IsWorthLogging)
        {
            LogFailed(_logger, exception, _stream.Name, _shard, _failures.Failures, delay);
        }

        return delay;
    }

    private async ValueTask CloseAsync()
    {
        if (_live is { } live)
        {
            _live = null;
            await live.DisposeAsync();
        }
    }
}
