namespace DataProcessor.Unit.Reading;

/// <summary>
/// One thread and a clock that moves only when nobody has anything left to do: a run is the same every time for the
/// same seed, and takes no real time. The next continuation is chosen by the seed.
/// </summary>
internal sealed class VirtualTime(int seed) : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly Random _order = new(seed);
    private int _thread;

    /// <summary>How often <see cref="Until"/> looks; more seldom in a test of hours.</summary>
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromMilliseconds(10);

    public EventClock Clock { get; } = new(DateTimeOffset.UnixEpoch.AddYears(55));

    /// <exception cref="InvalidOperationException">Something has left for the thread pool, and the clock does not wait for that.</exception>
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("A continuation comes from another thread: the run would not be the same every time.");
        }

        _ready.Add((d, state));
    }

    /// <exception cref="TimeoutException">It has not ended within the limit of virtual time, or never will.</exception>
    public void Run(Func<Task> work, TimeSpan limit)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            var task = work();
            var end = Clock.GetUtcNow() + limit;
            while (true)
            {
                RunReady();
                if (task.IsCompleted)
                {
                    task.GetAwaiter().GetResult();
                    return;
                }

                if (!Clock.TryJump())
                {
                    throw new TimeoutException("Not done, and nothing is left that could happen.");
                }

                if (Clock.GetUtcNow() > end)
                {
                    throw new TimeoutException($"Not done after {limit} of virtual time.");
                }
            }
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    /// <summary>Virtual time passes.</summary>
    public Task Pass(TimeSpan time) => Task.Delay(time, Clock);

    /// <summary>Looks every now and then until the condition holds.</summary>
    public async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            await Pass(LookInterval);
        }
    }

    private void RunReady()
    {
        while (_ready.Count > 0)
        {
            var next = _order.Next(_ready.Count);
            var (callback, state) = _ready[next];
            _ready.RemoveAt(next);
            callback(state);
        }
    }
}
