using System.Globalization;

namespace DataProcessor.Grains.Producing;

/// <summary>A producer grain's key, <see cref="StreamIdentity.ProducerKey"/>: <c>stream:epoch:shard</c>.</summary>
internal readonly record struct ProducerKey(string Stream, long Epoch, string ShardId)
{
    /// <exception cref="FormatException">The key has another form.</exception>
    public static ProducerKey Parse(string key)
    {
        // Neither a stream's name nor a shard id contains a colon.
        var parts = key.Split(':');
        return parts is [{ Length: > 0 } stream, var epoch, { Length: > 0 } shard] &&
            long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? new(stream, seconds, shard)
                : throw new FormatException($"'{key}' is not a producer's key: expected stream:epoch:shard.");
    }
}
