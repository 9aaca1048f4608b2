namespace DataProcessor.Aws.Local.Streams;

/// <summary>
/// Lets one waiter sleep until it is woken or its time is up. Arm, look, and wait: what changes after the look wakes it.
/// Waits go on in the waiter's own synchronization context, so that a simulation is deterministic.
/// </summary>
internal sealed class WakeUp(TimeProvider time)
{
    private TaskCompletionSource _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Arm() =>
        Interlocked.Exchange(ref _armed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Wake() => Volatile.Read(ref _armed).TrySetResult();

    /// <summary>Returns early when woken or cancelled; does not throw.</summary>
    public async ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var armed = Volatile.Read(ref _armed);
        await using var timer = time.CreateTimer(Complete, armed, atMost, Timeout.InfiniteTimeSpan);
        await using var cancelled = cancellationToken.UnsafeRegister(Complete, armed);
        await armed.Task;

        static void Complete(object? armed) => ((TaskCompletionSource)armed!).TrySetResult();
    }
}
