using System.Collections.Concurrent;

namespace DataProcessor.Aws.Local;

/// <summary>What the server has done since its start. Safe to read at any time.</summary>
public sealed class LocalKinesisCounters
{
    private readonly ConcurrentDictionary<string, long> _calls = new(StringComparer.Ordinal);
    private long _recordsStored;
    private long _bytesStored;
    private long _recordsRead;
    private long _bytesRead;
    private long _recordsThrottled;
    private long _callsThrottled;
    private long _recordsRefused;
    private long _injectedRecordThrottles;
    private long _injectedCallThrottles;
    private long _injectedFailures;
    private long _injectedResetsBefore;
    private long _injectedResetsAfter;
    private long _injectedDelays;

    /// <summary>Calls by operation, refused ones included.</summary>
    public IReadOnlyDictionary<string, long> Calls => _calls;

    /// <summary>Kinesis records stored.</summary>
    public long RecordsStored => Interlocked.Read(ref _recordsStored);

    /// <summary>Their data and partition keys.</summary>
    public long BytesStored => Interlocked.Read(ref _bytesStored);

    /// <summary>Kinesis records that GetRecords delivered.</summary>
    public long RecordsRead => Interlocked.Read(ref _recordsRead);

    /// <summary>Their data and partition keys.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Records of puts over the limits; injected ones not included.</summary>
    public long RecordsThrottled => Interlocked.Read(ref _recordsThrottled);

    /// <summary>Calls over the limits; injected ones not included.</summary>
    public long CallsThrottled => Interlocked.Read(ref _callsThrottled);

    /// <summary>Records refused because the data folder is full or the disk failed.</summary>
    public long RecordsRefused => Interlocked.Read(ref _recordsRefused);

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

    internal void OnCall(string operation) => _calls.AddOrUpdate(operation, 1, static (_, count) => count + 1);

    internal void OnStored(long records, long bytes)
    {
        Interlocked.Add(ref _recordsStored, records);
        Interlocked.Add(ref _bytesStored, bytes);
    }

    internal void OnRead(long records, long bytes)
    {
        Interlocked.Add(ref _recordsRead, records);
        Interlocked.Add(ref _bytesRead, bytes);
    }

    internal void OnRecordsThrottled(long records) => Interlocked.Add(ref _recordsThrottled, records);

    internal void OnCallThrottled() => Interlocked.Increment(ref _callsThrottled);

    internal void OnRecordsRefused(long records) => Interlocked.Add(ref _recordsRefused, records);

    internal void OnInjectedRecordThrottle() => Interlocked.Increment(ref _injectedRecordThrottles);

    internal void OnInjectedCallThrottle() => Interlocked.Increment(ref _injectedCallThrottles);

    internal void OnInjectedFailure() => Interlocked.Increment(ref _injectedFailures);

    internal void OnInjectedResetBefore() => Interlocked.Increment(ref _injectedResetsBefore);

    internal void OnInjectedResetAfter() => Interlocked.Increment(ref _injectedResetsAfter);

    internal void OnInjectedDelay() => Interlocked.Increment(ref _injectedDelays);
}
