using System.Numerics;

namespace DataProcessor.Grains.Producing;

/// <summary>
/// Failures of one kind until there is none for 5 s: the first, second, fourth, eighth … are worth a log line, and so is
/// the end. Otherwise an outage writes a line for each attempt. Thread-safe.
/// </summary>
internal sealed class FailureStreak(TimeProvider time)
{
    /// <summary>Successes between failures end no streak: a service that fails every other call is not well.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private TimeSpan _began;
    private TimeSpan _last;
    private long _failures;

    /// <summary>The failure's number in its streak if it is worth a line, else 0.</summary>
    public long OnFailure()
    {
        lock (_gate)
        {
            _last = time.Monotonic();
            _began = _failures == 0 ? _last : _began;
            return BitOperations.IsPow2(++_failures) ? _failures : 0;
        }
    }

    /// <summary>Whether a success ends a streak of more than one failure.</summary>
    /// <param name="ended">How many there were, and over which time.</param>
    public bool OnSuccess(out (long Failures, TimeSpan Lasted) ended)
    {
        ended = default;
        if (Interlocked.Read(ref _failures) == 0)
        {
            return false;
        }

        lock (_gate)
        {
            if (_failures == 0 || time.Monotonic() - _last < Calm)
            {
                return false;
            }

            ended = (_failures, _last - _began);
            _failures = 0;
            return ended.Failures > 1;
        }
    }
}
