using System.Collections.Concurrent;

namespace DataProcessor.Unit.AwsLocal;

/// <summary>Runs a scenario as a deterministic simulation does: on one thread, time passing only when nothing is left to do.</summary>
internal sealed class OneThread : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = new();

    public static void Run(Func<Task> scenario, Action passTime)
    {
        var context = new OneThread();
        var outer = Current;
        SetSynchronizationContext(context);
        try
        {
            for (var running = scenario(); !running.IsCompleted || !context._posted.IsEmpty || Throw(running);)
            {
                if (context._posted.TryDequeue(out var next))
                {
                    next.Callback(next.State);
                }
                else
                {
                    passTime();
                }
            }
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    private static bool Throw(Task completed)
    {
        completed.GetAwaiter().GetResult();
        return false;
    }
}
