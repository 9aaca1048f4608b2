using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>The two ways in which a service may count a shard's limits; a producer should exceed neither.</summary>
internal static class ShardLimits
{
    private const double BytesPerSecond = 1024 * 1024;
    private const double RecordsPerSecond = 1000;

    /// <summary>Asserts that neither a sliding second nor a token bucket of a second would have refused a record.</summary>
    public static void AssertKept(List<(TimeSpan At, int Bytes)> arrivals, int percent = 100)
    {
        Assert.NotEmpty(arrivals);
        AssertSlidingSecond(arrivals, percent / 100.0);
        AssertTokenBucket(arrivals, percent / 100.0);
    }

    private static void AssertSlidingSecond(List<(TimeSpan At, int Bytes)> arrivals, double share)
    {
        var (first, bytes) = (0, 0L);
        for (var last = 0; last < arrivals.Count; last++)
        {
            bytes += arrivals[last].Bytes;
            while (arrivals[last].At - arrivals[first].At > TimeSpan.FromSeconds(1))
            {
                bytes -= arrivals[first++].Bytes;
            }

            Assert.True(bytes <= BytesPerSecond * share, $"{bytes} bytes within a second.");
            Assert.True(last - first + 1 <= RecordsPerSecond * share, $"{last - first + 1} records within a second.");
        }
    }

    private static void AssertTokenBucket(List<(TimeSpan At, int Bytes)> arrivals, double share)
    {
        var (bytes, records) = (BytesPerSecond * share, RecordsPerSecond * share);
        var before = arrivals[0].At;
        foreach (var arrival in arrivals)
        {
            var seconds = (arrival.At - before).TotalSeconds;
            before = arrival.At;
            bytes = Math.Min(BytesPerSecond * share, bytes + (seconds * BytesPerSecond * share)) - arrival.Bytes;
            records = Math.Min(RecordsPerSecond * share, records + (seconds * RecordsPerSecond * share)) - 1;
            Assert.True(bytes >= -1e-6 && records >= -1e-6, $"The bucket is empty: {bytes} bytes, {records} records.");
        }
    }
}
