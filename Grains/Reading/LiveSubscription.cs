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

    /// <returns>Null when the service has ended it in good order.</returns>
    /// <exception cref="TimeoutException">Nothing came for <see cref="FanOutRules.StallTimeout"/>.</exception>
    /// <exception cref="KinesisException">It has ended otherwise.</exception>
    public async ValueTask<SubscriptionEvent?> NextAsync()
    {
        // Only while somebody waits: a slow processor is not the service's silence.
        _watch.CancelAfter(FanOutRules.StallTimeout);
        try
        {
            return await _subscription.NextAsync(_watch.Token);
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
