using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace DataProcessor.Cluster;

/// <summary>The counters of one process; others in the same test run do not count.</summary>
internal sealed class ReshardCounters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();

    public ReshardCounters(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _counts.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        _listener.Start();
    }

    /// <summary>Aggregates that straddled a border and were sent again.</summary>
    public long Misrouted => _counts.GetValueOrDefault("dataprocessor.producer.misrouted");

    /// <summary>User records that a reader dropped because they are another shard's.</summary>
    public long OutOfRange => _counts.GetValueOrDefault("dataprocessor.reader.out_of_range");

    public void Dispose() => _listener.Dispose();
}
