namespace DataProcessor.Aws.Local.Faults;

internal enum CallFault
{
    None,
    ThrottleCall,
    FailBefore,
    ResetBefore,
    ResetAfter,
}

/// <summary>Draws the failures of <see cref="LocalKinesisFaults"/> and counts them.</summary>
internal sealed class FaultInjector(LocalKinesisFaults faults, LocalKinesisCounters counters)
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(faults.Seed);

    public bool AppliesTo(string operation) => faults.Operations?.Contains(operation) != false;

    /// <summary>How this call fails, and how long it waits first.</summary>
    public (CallFault Fault, TimeSpan Delay) NextCall()
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

        return (Pick(draw), delay);
    }

    public bool ThrottlesRecord()
    {
        if (faults.ThrottleRecord <= 0)
        {
            return false;
        }

        lock (_gate)
        {
            if (_random.NextDouble() >= faults.ThrottleRecord)
            {
                return false;
            }
        }

        counters.OnInjectedRecordThrottle();
        return true;
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

        // Counted when it happens: a call that is refused anyway has stored nothing.
        return draw - faults.ResetAfter < 0 ? CallFault.ResetAfter : CallFault.None;
    }
}
