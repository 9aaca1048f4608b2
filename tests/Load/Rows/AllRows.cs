using DataProcessor.Load.Conducting;

namespace DataProcessor.Load.Rows;

/// <summary>What there is to measure, in the order in which a round does it.</summary>
internal static class AllRows
{
    public static IReadOnlyList<Row> Create() =>
    [
        new KinesisRow(),
        new KestrelRow(),
        new ConsumerPeerRow("reader", "bare reader", "SubscribeToShard, HTTP/1.1", [100, 200], ConsumeRow.CallsPerSecond),
        new ProducerPeerRow("putrecords", "PutRecords without aggregation", aggregate: null),
        new ProducerPeerRow("aggregator", "aws-kinesis-agg + JS SDK", aggregate: "50 KiB"),
        new ConsumerPeerRow("lifion", "lifion-kinesis", "GetRecords, HTTP/2", [200], callsPerSecond: 105),
        new SinglePostRow(),
        new BatchPostRow(),
        new ConsumeRow(),
        new PutLatencyRow(),
        new DeliveryRow(),
        new CapacityRow(),
        new IdleShardsRow(),
        ScaleRow.ByShards,
        ScaleRow.BySilos,
    ];
}
