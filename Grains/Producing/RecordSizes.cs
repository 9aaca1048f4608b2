namespace DataProcessor.Grains.Producing;

/// <summary>How large a shard's records may be: what the options leave to the stream follows its map.</summary>
internal sealed class RecordSizes(ProducerOptions options, int maxRecordSize)
{
    /// <summary>KPL's AggregationMaxSize: larger aggregates cost hardly less a record.</summary>
    private const int FullAggregate = 51_200;

    /// <summary>What the stream takes, see <see cref="ShardMap.MaxRecordSize"/>.</summary>
    public int Stream { get; set; } = maxRecordSize;

    public int UserRecord => Math.Min(options.MaxUserRecordSize ?? Stream, Stream);

    public int Aggregate => Math.Min(options.AggregationMaxSize ?? Stream, Stream);

    /// <summary>Bytes that wait for no more company, though they take along what there is when they go.</summary>
    public int FullEnough => Math.Min(options.AggregationMaxSize ?? FullAggregate, Stream);
}
