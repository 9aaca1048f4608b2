using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>
/// Runs asynchronous code on one thread with a simulated clock: continuations run in an order drawn from the seed, and
/// time passes, a millisecond a step, only when nothing is left to run.
/// </summary>
internal sealed class Simulation : SynchronizationContext
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly long _began;
    private volatile string? _left;
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];

    private Simulation(int seed)
    {
        Random = new(seed);
        _began = Time.GetTimestamp();
    }

    public FakeTimeProvider Time { get; } = new();

    public Random Random { get; }

    /// <summary>Simulated time since the start.</summary>
    public TimeSpan Elapsed => Time.GetElapsedTime(_began);

    public static void Run(Func<Simulation, Task> scenario, int seed = 1)
    {
        var simulation = new Simulation(seed);
        var before = Current;
        SetSynchronizationContext(simulation);
        try
        {
            simulation.RunToEnd(scenario);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            _ready.Add((d, state));
            return;
        }

        // Time would pass while something runs elsewhere: say where from, and let the run end.
        _left = Environment.StackTrace;
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing may block.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Lets everything happen that is due within the time.</summary>
    public Task PassAsync(TimeSpan time) => Task.Delay(time, Time);

    public Task PassAsync(double milliseconds) => PassAsync(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>
    /// Awaits one after the other: WhenAll of tasks whose continuations run asynchronously goes by way of the thread pool.
    /// </summary>
    public static async Task<T[]> AllAsync<T>(IEnumerable<Task<T>> tasks)
    {
        var results = new List<T>();
        foreach (var task in tasks.ToArray())
        {
            results.Add(await task);
        }

        return [.. results];
    }

    private void RunToEnd(Func<Simulation, Task> scenario)
    {
        var end = scenario(this);
        while (!end.IsCompleted)
        {
            Assert.True(_left is null, _left);
            if (_ready.Count == 0)
            {
                Time.Advance(TimeSpan.FromMilliseconds(1));
                Assert.True(Elapsed < Longest, "The simulation does not come to an end.");
                continue;
            }

            var next = Random.Next(_ready.Count);
            var (callback, state) = _ready[next];
            _ready[next] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            callback(state);
        }

        end.GetAwaiter().GetResult();
    }
}
