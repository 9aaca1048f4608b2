using System.Diagnostics;
using DataProcessor.Load.Protocol;
using HdrHistogram;

namespace DataProcessor.Load.Host;

/// <summary>What the processors of a silo got, checked record by record.</summary>
internal sealed class Tally
{
    /// <summary>Keys whose order is checked.</summary>
    public const int MaxKeys = 65_536;

    private readonly Lock _gate = new();

    // Written by the shard that owns the key, by no other at the same time.
    private readonly long[] _lastByKey = new long[MaxKeys];
    private readonly LongHistogram _latency = Percentiles.NewHistogram();
    private long _records;
    private long _checksum;
    private long _outOfOrder;
    private long _damaged;

    public Tally() => Array.Fill(_lastByKey, -1);

    /// <summary>Counts records without looking at them.</summary>
    public void Count(int records) => Interlocked.Add(ref _records, records);

    /// <summary>Whether the record comes after all of its key that came before.</summary>
    public bool IsInOrder(in NumberedPayload payload)
    {
        if (payload.Key >= MaxKeys)
        {
            return true;
        }

        ref var last = ref _lastByKey[payload.Key];
        var isInOrder = payload.Number > last;
        last = Math.Max(last, payload.Number);
        return isInOrder;
    }

    /// <summary>Counts a batch that was looked at.</summary>
    public void Add(int records, long checksum, int outOfOrder, int damaged)
    {
        lock (_gate)
        {
            _records += records;
            _checksum += checksum;
            _outOfOrder += outOfOrder;
            _damaged += damaged;
        }
    }

    /// <summary>Notes how long the batch's records took.</summary>
    public void AddLatencies(ReadOnlySpan<long> sentAt)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            foreach (var sent in sentAt)
            {
                Percentiles.Record(_latency, Stopwatch.GetElapsedTime(sent, now));
            }
        }
    }

    /// <param name="reset">Begin a new measurement of latencies.</param>
    public HostReport Report(bool reset)
    {
        lock (_gate)
        {
            var report = new HostReport(
                Interlocked.Read(ref _records),
                _checksum,
                _outOfOrder,
                _damaged,
                GC.GetTotalAllocatedBytes(),
                GC.CollectionCount(0),
                GC.CollectionCount(1),
                GC.CollectionCount(2),
                GC.GetTotalPauseDuration().TotalMilliseconds,
                Percentiles.Of(_latency));
            if (reset)
            {
                _latency.Reset();
            }

            return report;
        }
    }
}
