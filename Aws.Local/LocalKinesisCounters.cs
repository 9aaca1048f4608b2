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
    private long _faultyRecordThrottles;
    private long _faultyCallThrottles;
    private long _faultyFailures;
    private long _faultyResetsBefore;
    private long _faultyResetsAfter;
    private long _faultyDelays;

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
    public long FaultyRecordThrottles => Interlocked.Read(ref _faultyRecordThrottles);

    /// <summary>Injected <see cref="LocalKinesisFaults.ThrottleCall"/>.</summary>
    public long FaultyCallThrottles => Interlocked.Read(ref _faultyCallThrottles);

    /// <summary>Injected <see cref="LocalKinesisFaults.FailBefore"/>.</summary>
    public long FaultyFailures => Interlocked.Read(ref _faultyFailures);

    /// <summary>Injected <see cref="LocalKinesisFaults.ResetBefore"/>.</summary>
    public long FaultyResetsBefore => Interlocked.Read(ref _faultyResetsBefore);

    /// <summary>Injected <see cref="LocalKinesisFaults.ResetAfter"/>.</summary>
    public long FaultyResetsAfter => Interlocked.Read(ref _faultyResetsAfter);

    /// <summary>Injected <see cref="LocalKinesisFaults.Delay"/>.</summary>
    public long FaultyDelays => Interlocked.Read(ref _faultyDelays);

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

    internal void OnFaultyRecordThrottle() => Interlocked.Increment(ref _faultyRecordThrottles);

    internal void OnFaultyCallThrottle() => Interlocked.Increment(ref _faultyCallThrottles);

    internal void OnFaultyFailure() => Interlocked.Increment(ref _faultyFailures);

    internal void OnFaultyResetBefore() => Interlocked.Increment(ref _faultyResetsBefore);

    internal void OnFaultyResetAfter() => Interlocked.Increment(ref _faultyResetsAfter);

    internal void OnFaultyDelay() => Interlocked.Increment(ref _faultyDelays);
}
