using System.Collections.Concurrent;

namespace DataProcessor.Aws.Local;

/// <summary>What the server has done since its start. Safe to read at any time.</summary>
public sealed partial class LocalKinesisCounters
{
    private readonly ConcurrentDictionary<string, long> _calls = new(StringComparer.Ordinal);
    private long _recordsStored;
    private long _bytesStored;
    private long _recordsRead;
    private long _bytesRead;
    private long _recordsThrottled;
    private long _callsThrottled;
    private long _recordsRefused;
    private long _subscriptions;
    private long _subscriptionsRefused;
    private long _events;
    private long _recordsPushed;
    private long _bytesPushed;
    private long _splits;
    private long _merges;

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

    /// <summary>Subscriptions that were opened.</summary>
    public long Subscriptions => Interlocked.Read(ref _subscriptions);

    /// <summary>SubscribeToShard calls refused because they came too soon after another.</summary>
    public long SubscriptionsRefused => Interlocked.Read(ref _subscriptionsRefused);

    /// <summary>Events of subscriptions, empty ones included.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>Kinesis records in them.</summary>
    public long RecordsPushed => Interlocked.Read(ref _recordsPushed);

    /// <summary>Their data and partition keys.</summary>
    public long BytesPushed => Interlocked.Read(ref _bytesPushed);

    /// <summary>Splits begun, those of UpdateShardCount included.</summary>
    public long Splits => Interlocked.Read(ref _splits);

    /// <summary>Merges begun, those of UpdateShardCount included.</summary>
    public long Merges => Interlocked.Read(ref _merges);

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

    internal void OnSubscribed() => Interlocked.Increment(ref _subscriptions);

    internal void OnSubscriptionRefused() => Interlocked.Increment(ref _subscriptionsRefused);

    internal void OnPushed(long records, long bytes)
    {
        Interlocked.Increment(ref _events);
        Interlocked.Add(ref _recordsPushed, records);
        Interlocked.Add(ref _bytesPushed, bytes);
    }

    internal void OnSplits(long count) => Interlocked.Add(ref _splits, count);

    internal void OnMerges(long count) => Interlocked.Add(ref _merges, count);
}
