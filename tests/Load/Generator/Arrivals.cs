using System.Diagnostics;
using System.Threading.Channels;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Generator;

/// <summary>When the requests of a phase are due. Many connections ask.</summary>
internal abstract class Arrivals
{
    /// <summary>Waits until a request is due and returns the timestamp at which it was; null when no more come.</summary>
    public abstract ValueTask<long?> NextAsync();
}

/// <summary>As soon as somebody asks, until the time is over.</summary>
internal sealed class ClosedLoop(TimeSpan duration) : Arrivals
{
    private readonly long _began = Stopwatch.GetTimestamp();

    public override ValueTask<long?> NextAsync()
    {
        var now = Stopwatch.GetTimestamp();
        return new(Stopwatch.GetElapsedTime(_began, now) < duration ? now : null);
    }
}

/// <summary>
/// By the clock, whether somebody is free to ask or not. What is due and not taken waits here, and its time runs: this is
/// what corrects coordinated omission.
/// </summary>
internal sealed class OpenLoop : Arrivals
{
    private readonly Channel<long> _due;
    private readonly TimeSpan _duration;
    private readonly double _ticksPerRequest;
    private readonly Random? _gaps;

    /// <param name="phase">An open loop.</param>
    /// <param name="random">Of the gaps.</param>
    public OpenLoop(LoadPhase phase, Random random)
    {
        var rate = phase.RequestsPerSecond ?? throw new ArgumentException("A closed loop has no rate.");
        _duration = TimeSpan.FromSeconds(phase.Seconds);
        _ticksPerRequest = Stopwatch.Frequency / rate;
        _gaps = phase.IsPoisson ? random : null;

        // All requests of the phase at the most; random gaps make somewhat more of them than the average.
        var most = (int)Math.Ceiling((phase.Seconds * rate * 1.2) + 1_000);
        _due = Channel.CreateBounded<long>(new BoundedChannelOptions(most) { SingleWriter = true });
        new Thread(Run) { IsBackground = true, Name = "arrivals" }.Start();
    }

    public override async ValueTask<long?> NextAsync()
    {
        try
        {
            // Wakes one connection for each request; WaitToReadAsync would wake all of them.
            return await _due.Reader.ReadAsync();
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    private void Run()
    {
        var began = Stopwatch.GetTimestamp();
        var end = began + (long)(_duration.TotalSeconds * Stopwatch.Frequency);
        for (var due = began + Gap(); due < end; due += Gap())
        {
            for (var early = due - Stopwatch.GetTimestamp(); early > 0; early = due - Stopwatch.GetTimestamp())
            {
                LibC.Sleep(Stopwatch.GetElapsedTime(0, early));
            }

            if (!_due.Writer.TryWrite(due))
            {
                throw new InvalidOperationException("More requests were due than the phase has.");
            }
        }

        _due.Writer.Complete();
    }

    private long Gap() => (long)(_ticksPerRequest * (_gaps is null ? 1 : -Math.Log(1 - _gaps.NextDouble())));
}
