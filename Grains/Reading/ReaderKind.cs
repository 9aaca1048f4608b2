namespace DataProcessor.Grains.Reading;

/// <summary>How the records of a shard come.</summary>
public enum ReaderKind
{
    /// <summary>
    /// Pushed by enhanced fan-out: 2 MB/s of its own from each shard, some 70 ms after the put. Costs extra by
    /// consumer-shard hour and GB, and one of the stream's 20 consumers.
    /// </summary>
    FanOut,

    /// <summary>Read by GetRecords: 2 MB/s and 5 calls/s of a shard, which all its polling readers share.</summary>
    Polling,

    /// <summary>By fan-out; by polling, with a warning, as long as the stream has all the consumers that it may have.</summary>
    Auto,
}
