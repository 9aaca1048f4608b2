using Microsoft.Extensions.Time.Testing;

namespace DataProcessor.Unit.Reading;

/// <summary>A fake clock that knows when its next timer is due, so that idle time costs nothing.</summary>
internal sealed class EventClock : FakeTimeProvider
{
    private readonly PriorityQueue<(DueTimer Timer, int Setting), (DateTimeOffset Due, long Order)> _due = new();
    private long _order;

    public EventClock(DateTimeOffset start) : base(start)
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new DueTimer(this, base.CreateTimer(callback, state, dueTime, period), dueTime, period);

    /// <summary>Moves to the next timer, which fires.</summary>
    /// <returns>False if there is none: nothing is going to happen any more.</returns>
    public bool TryJump()
    {
        var now = GetUtcNow();
        while (_due.TryDequeue(out var next, out var at))
        {
            if (next.Timer.Setting != next.Setting)
            {
                continue; // Changed or disposed since.
            }

            next.Timer.OnFired(at.Due);
            if (at.Due > now)
            {
                SetUtcNow(at.Due);
                return true;
            }
        }

        return false;
    }

    private sealed class DueTimer : ITimer
    {
        private readonly EventClock _clock;
        private readonly ITimer _timer;
        private TimeSpan _period;

        public DueTimer(EventClock clock, ITimer timer, TimeSpan dueTime, TimeSpan period)
        {
            (_clock, _timer) = (clock, timer);
            Note(dueTime, period);
        }

        /// <summary>Tells the present setting from those before it.</summary>
        public int Setting { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Note(dueTime, period);
            return _timer.Change(dueTime, period);
        }

        public void OnFired(DateTimeOffset due)
        {
            if (_period > TimeSpan.Zero)
            {
                Expect(due + _period);
            }
        }

        public void Dispose()
        {
            Setting++;
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Setting++;
            return _timer.DisposeAsync();
        }

        private void Note(TimeSpan dueTime, TimeSpan period)
        {
            Setting++;
            _period = period;
            if (dueTime >= TimeSpan.Zero)
            {
                Expect(_clock.GetUtcNow() + dueTime);
            }
        }

        private void Expect(DateTimeOffset due) => _clock._due.Enqueue((this, Setting), (due, _clock._order++));
    }
}
