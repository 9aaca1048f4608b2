namespace DataProcessor.Aws.Local.Faults;

internal enum CallFault
{
    None,
    ThrottleCall,
    FailBefore,
    ResetBefore,
    ResetAfter,
    LandLate,
}

internal enum EventFault
{
    None,
    Drop,
    Fail,
}

/// <summary>How a call fails.</summary>
/// <param name="Kind">The failure.</param>
/// <param name="Delay">Wait before it does anything.</param>
/// <param name="Lateness">Of <see cref="CallFault.LandLate"/>.</param>
internal readonly record struct NextFault(CallFault Kind, TimeSpan Delay, TimeSpan Lateness);

/// <summary>Draws the failures of <see cref="LocalKinesisFaults"/> and counts them.</summary>
internal sealed class FaultInjector(LocalKinesisFaults faults, LocalKinesisCounters counters)
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(faults.Seed);

    public bool AppliesTo(string operation) => faults.Operations?.Contains(operation) != false;

    public NextFault NextCall()
    {
        double draw, delayDraw, length;
        lock (_gate)
        {
            // Always three draws a call, so that a changed rate does not shift the decisions about all later calls.
            (draw, delayDraw, length) = (_random.NextDouble(), _random.NextDouble(), _random.NextDouble());
        }

        var delay = delayDraw < faults.Delay ? faults.MaxDelay * length : TimeSpan.Zero;
        if (delay > TimeSpan.Zero)
        {
            counters.OnInjectedDelay();
        }

        return new NextFault(Pick(draw), delay, faults.MaxLateness * length);
    }

    /// <summary>What happens to an event of a subscription.</summary>
    public EventFault NextEvent()
    {
        double draw;
        lock (_gate)
        {
            draw = _random.NextDouble();
        }

        if ((draw -= faults.DropSubscription) < 0)
        {
            counters.OnInjectedSubscriptionDrop();
            return EventFault.Drop;
        }

        if (draw - faults.FailSubscription < 0)
        {
            counters.OnInjectedSubscriptionFailure();
            return EventFault.Fail;
        }

        return EventFault.None;
    }

    public bool ThrottlesRecord()
    {
        var throttles = Draws(faults.ThrottleRecord);
        if (throttles)
        {
            counters.OnInjectedRecordThrottle();
        }

        return throttles;
    }

    /// <summary>Whether the next put is to get a lower number; counted when it does.</summary>
    public bool InvertsPut() => Draws(faults.InvertPuts);

    private bool Draws(double rate)
    {
        if (rate <= 0)
        {
            return false;
        }

        lock (_gate)
        {
            return _random.NextDouble() < rate;
        }
    }

    private CallFault Pick(double draw)
    {
        if ((draw -= faults.ThrottleCall) < 0)
        {
            counters.OnInjectedCallThrottle();
            return CallFault.ThrottleCall;
        }

        if ((draw -= faults.FailBefore) < 0)
        {
            counters.OnInjectedFailure();
            return CallFault.FailBefore;
        }

        if ((draw -= faults.ResetBefore) < 0)
        {
            counters.OnInjectedResetBefore();
            return CallFault.ResetBefore;
        }

        // These are counted when they happen: a call that is refused anyway has stored nothing.
        return (draw -= faults.ResetAfter) < 0 ? CallFault.ResetAfter
            : draw - faults.LandLate < 0 ? CallFault.LandLate
            : CallFault.None;
    }
}
