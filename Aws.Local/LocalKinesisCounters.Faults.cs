namespace DataProcessor.Aws.Local;

/// <summary>What was injected.</summary>
public sealed partial class LocalKinesisCounters
{
    private long _injectedRecordThrottles;
    private long _injectedCallThrottles;
    private long _injectedFailures;
    private long _injectedResetsBefore;
    private long _injectedResetsAfter;
    private long _injectedDelays;
    private long _injectedLateLandings;
    private long _injectedSubscriptionDrops;
    private long _injectedSubscriptionFailures;
    private long _injectedInversions;

    /// <summary>Injected <see cref="LocalKinesisFaults.ThrottleRecord"/>.</summary>
    public long InjectedRecordThrottles => Interlocked.Read(ref _injectedRecordThrottles);

    /// <summary>Injected <see cref="LocalKinesisFaults.ThrottleCall"/>.</summary>
    public long InjectedCallThrottles => Interlocked.Read(ref _injectedCallThrottles);

    /// <summary>Injected <see cref="LocalKinesisFaults.FailBefore"/>.</summary>
    public long InjectedFailures => Interlocked.Read(ref _injectedFailures);

    /// <summary>Injected <see cref="LocalKinesisFaults.ResetBefore"/>.</summary>
    public long InjectedResetsBefore => Interlocked.Read(ref _injectedResetsBefore);

    /// <summary>Injected <see cref="LocalKinesisFaults.ResetAfter"/>.</summary>
    public long InjectedResetsAfter => Interlocked.Read(ref _injectedResetsAfter);

    /// <summary>Injected <see cref="LocalKinesisFaults.Delay"/>.</summary>
    public long InjectedDelays => Interlocked.Read(ref _injectedDelays);

    /// <summary>Injected <see cref="LocalKinesisFaults.LandLate"/>.</summary>
    public long InjectedLateLandings => Interlocked.Read(ref _injectedLateLandings);

    /// <summary>Injected <see cref="LocalKinesisFaults.DropSubscription"/>.</summary>
    public long InjectedSubscriptionDrops => Interlocked.Read(ref _injectedSubscriptionDrops);

    /// <summary>Injected <see cref="LocalKinesisFaults.FailSubscription"/>.</summary>
    public long InjectedSubscriptionFailures => Interlocked.Read(ref _injectedSubscriptionFailures);

    /// <summary>Injected <see cref="LocalKinesisFaults.InvertPuts"/>.</summary>
    public long InjectedInversions => Interlocked.Read(ref _injectedInversions);

    internal void OnInjectedRecordThrottle() => Interlocked.Increment(ref _injectedRecordThrottles);

    internal void OnInjectedCallThrottle() => Interlocked.Increment(ref _injectedCallThrottles);

    internal void OnInjectedFailure() => Interlocked.Increment(ref _injectedFailures);

    internal void OnInjectedResetBefore() => Interlocked.Increment(ref _injectedResetsBefore);

    internal void OnInjectedResetAfter() => Interlocked.Increment(ref _injectedResetsAfter);

    internal void OnInjectedDelay() => Interlocked.Increment(ref _injectedDelays);

    internal void OnInjectedLateLanding() => Interlocked.Increment(ref _injectedLateLandings);

    internal void OnInjectedSubscriptionDrop() => Interlocked.Increment(ref _injectedSubscriptionDrops);

    internal void OnInjectedSubscriptionFailure() => Interlocked.Increment(ref _injectedSubscriptionFailures);

    internal void OnInjectedInversions(long count) => Interlocked.Add(ref _injectedInversions, count);
}
