namespace DataProcessor.Aws.Local.Limits;

/// <summary>Calls a second that an account may make of the operations that manage streams.</summary>
internal sealed class CallLimits(LimitModel model, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RateMeter> _meters = new (string Operation, long PerSecond)[]
    {
        ("CreateStream", 5), ("DeleteStream", 5), ("ListStreams", 5),
        ("DescribeStream", 10), ("DescribeStreamSummary", 20), ("ListShards", 1_000),
        ("SplitShard", 5), ("MergeShards", 5), ("DescribeLimits", 1),
        ("IncreaseStreamRetentionPeriod", 5), ("DecreaseStreamRetentionPeriod", 5),
        ("RegisterStreamConsumer", 5), ("DeregisterStreamConsumer", 5), ("DescribeStreamConsumer", 20), ("ListStreamConsumers", 5),
    }.ToDictionary(
        limit => limit.Operation,
        limit => RateMeter.Create(model, limit.PerSecond, time.TimestampFrequency));

    public bool TryCall(string operation)
    {
        if (!_meters.TryGetValue(operation, out var meter))
        {
            return true;
        }

        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (!meter.Allows(1, now))
            {
                return false;
            }

            meter.Take(1, now);
            return true;
        }
    }
}
