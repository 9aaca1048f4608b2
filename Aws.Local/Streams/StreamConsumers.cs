namespace DataProcessor.Aws.Local.Streams;

/// <summary>Registration of consumers: changes of a stream's metadata, refused with the service's errors.</summary>
internal static class StreamConsumers
{
    /// <summary>Of one stream; https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html.</summary>
    private const int MaxConsumers = 20;
    private const int MaxCreating = 5;

    public static StreamInfo Register(StreamInfo stream, string name, long nowMs, TimeSpan latency)
    {
        if (Find(stream, name) is not null)
        {
            throw ServiceErrors.ResourceInUse($"Consumer {name} of stream {stream.Name} is registered already.");
        }

        if (stream.Consumers.Count >= MaxConsumers)
        {
            throw ServiceErrors.LimitExceeded($"Stream {stream.Name} has {MaxConsumers} consumers, which is the limit.");
        }

        if (stream.Consumers.Count(consumer => nowMs < consumer.ActiveFromMs) >= MaxCreating)
        {
            throw ServiceErrors.LimitExceeded($"Stream {stream.Name} has {MaxCreating} consumers in state {ConsumerInfo.Creating}, which is the limit.");
        }

        var consumer = new ConsumerInfo(name, nowMs, nowMs + (long)latency.TotalMilliseconds);
        return stream with { Registered = [.. stream.Consumers.Append(consumer).OrderBy(known => known.Name, StringComparer.Ordinal)] };
    }

    public static StreamInfo Deregister(StreamInfo stream, ConsumerInfo consumer) =>
        stream with { Registered = [.. stream.Consumers.Where(known => known != consumer)] };

    public static ConsumerInfo? Find(StreamInfo stream, string name) =>
        stream.Consumers.FirstOrDefault(consumer => string.Equals(consumer.Name, name, StringComparison.Ordinal));
}
