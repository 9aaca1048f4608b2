namespace DataProcessor.Aws.Local.Faults;

/// <summary>The failures that are injected at present.</summary>
internal sealed class FaultSwitch(LocalKinesisCounters counters)
{
    private FaultInjector? _injector;

    public void Set(LocalKinesisFaults? faults) =>
        Volatile.Write(ref _injector, faults is null ? null : new FaultInjector(faults, counters));

    /// <summary>Null if the operation does not fail on purpose.</summary>
    public FaultInjector? For(string operation) =>
        Volatile.Read(ref _injector) is { } injector && injector.AppliesTo(operation) ? injector : null;
}
