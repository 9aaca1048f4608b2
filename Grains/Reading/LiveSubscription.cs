using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Grains.Reading;

/// <summary>A subscription that the service has accepted, and the watch over its silence.</summary>
internal sealed class LiveSubscription : IAsyncDisposable
{
    private readonly ShardSubscription _subscription;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private readonly CancellationTokenSource _watch;
    private readonly CancellationTokenRegistration _whenStopped;
    private readonly long _accepted;

    public LiveSubscription(ShardSubscription subscription, TimeProvider time, CancellationToken stop)
    {
        (_subscription, _time, _stop) = (subscription, time, stop);
        _accepted = time.GetTimestamp();
        _watch = new(Timeout.InfiniteTimeSpan, time);
        _whenStopped = stop.UnsafeRegister(static watch => ((CancellationTokenSource)watch!).Cancel(), _watch);
    }

    /// <summary>Whether it is so old that its end is the regular one.</summary>
    public bool IsAtItsEnd =>
        _time.GetElapsedTime(_accepted) >= FanOutRules.SubscriptionLife - FanOutRules.LifeTolerance;

    /// <summary>Waits for the next event without taking it.</summary>
    /// <returns>Bytes of memory that it is going to take; null when the service has ended the subscription in good order.</returns>
    /// <exception cref="TimeoutException">Nothing came for <see cref="FanOutRules.StallTimeout"/>.</exception>
    /// <exception cref="KinesisException">It has ended otherwise.</exception>
    public ValueTask<int?> AwaitNextAsync() => WatchAsync(_subscription.AwaitNextAsync);

    /// <summary>Takes the next event; ends and fails as <see cref="AwaitNextAsync"/> does.</summary>
    public ValueTask<SubscriptionEvent?> NextAsync() => WatchAsync(_subscription.NextAsync);

    /// <summary>Only while the service is waited for: a slow processor, or a full memory, is not the service's silence.</summary>
    private async ValueTask<T> WatchAsync<T>(Func<CancellationToken, ValueTask<T>> receive)
    {
        _watch.CancelAfter(FanOutRules.StallTimeout);
        try
        {
            return await receive(_watch.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            throw new TimeoutException($"No event for {FanOutRules.StallTimeout.TotalSeconds} s.");
        }
        finally
        {
            _watch.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _whenStopped.DisposeAsync();
        await _subscription.DisposeAsync();
        _watch.Dispose();
    }
}
