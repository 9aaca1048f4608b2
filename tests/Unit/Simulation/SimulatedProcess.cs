using DataProcessor.Unit.Reading;

namespace DataProcessor.Unit.Simulation;

/// <summary>
/// A process of the simulated cluster: whatever awaits in it goes on in it. Once dead it never goes on; while it sleeps,
/// what would go on waits until it wakes, as after SIGSTOP.
/// </summary>
internal sealed class SimulatedProcess(VirtualTime time) : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Callback, object? State)> _held = [];
    private int _stepsToLive = int.MaxValue;

    public bool IsDead => _stepsToLive <= 0;

    public bool IsAsleep { get; private set; }

    /// <summary>Dies at an await: the one after so many continuations.</summary>
    public void KillAfter(int steps) => _stepsToLive = Math.Min(_stepsToLive, steps);

    public void Sleep() => IsAsleep = true;

    public void Wake()
    {
        IsAsleep = false;
        foreach (var (callback, state) in _held)
        {
            Post(callback, state);
        }

        _held.Clear();
    }

    public override void Post(SendOrPostCallback d, object? state) => time.Post(_ => Step(d, state), null);

    /// <summary>Has the work done in this process; without an end if the process dies before.</summary>
    public Task<T> Do<T>(Func<Task<T>> work)
    {
        // Not told to continue asynchronously: for WaitAsync and WhenAny that would be on the thread pool.
        var done = new TaskCompletionSource<T>();
        Post(
            async _ =>
            {
                try
                {
                    done.SetResult(await work());
                }
                catch (Exception exception)
                {
                    done.SetException(exception);
                }
            },
            null);
        return done.Task;
    }

    private void Step(SendOrPostCallback callback, object? state)
    {
        if (IsDead)
        {
            return;
        }

        if (IsAsleep)
        {
            _held.Add((callback, state));
            return;
        }

        if (_stepsToLive < int.MaxValue)
        {
            _stepsToLive--;
        }

        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }
}
