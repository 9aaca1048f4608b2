using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DataProcessor.Aws.Local.Streams;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

/// <summary>A record as it was acknowledged or read.</summary>
internal sealed record SeenRecord(string Key, string Value, string SequenceNumber, string ShardId);

/// <summary>Reads a stream as a consumer must: each shard to its end, and then its children.</summary>
internal static class LineageReader
{
    /// <summary>All records in an order that a consumer may see, each checked to be where it belongs.</summary>
    public static async Task<List<SeenRecord>> ReadAsync(LocalKinesis kinesis)
    {
        var shards = await kinesis.ShardsAsync();
        AssertCoverage(await kinesis.ShardsAsync("AT_LATEST"));
        var records = new List<SeenRecord>();
        foreach (var shard in shards)
        {
            // Shards are listed in the order of their creation, so parents come first.
            var own = (await kinesis.ReadAllAsync((string)shard["ShardId"]!, limit: 7)).ConvertAll(record => new SeenRecord(
                (string)record["PartitionKey"]!,
                Encoding.UTF8.GetString(Convert.FromBase64String((string)record["Data"]!)),
                (string)record["SequenceNumber"]!,
                (string)shard["ShardId"]!));
            AssertBelong(own, shard);
            records.AddRange(own);
        }

        return records;
    }

    private static void AssertBelong(List<SeenRecord> records, JsonObject shard)
    {
        var (from, to) = RangeOf(shard);
        var numbers = shard["SequenceNumberRange"]!;
        string[] growing =
        [
            (string)numbers["StartingSequenceNumber"]!,
            .. records.Select(record => record.SequenceNumber),
            (string?)numbers["EndingSequenceNumber"] ?? "5",
        ];
        Assert.Equal(growing.Order(StringComparer.Ordinal).Distinct(), growing);
        Assert.All(records, record => Assert.InRange(RecordRouting.HashOf(Encoding.UTF8.GetBytes(record.Key)), from, to));
    }

    private static void AssertCoverage(List<JsonObject> open)
    {
        var ranges = open.Select(RangeOf).OrderBy(range => range.From).ToList();
        Assert.Equal((UInt128.Zero, UInt128.MaxValue), (ranges[0].From, ranges[^1].To));
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.To + 1, pair.Second.From));
    }

    private static (UInt128 From, UInt128 To) RangeOf(JsonObject shard) => (
        UInt128.Parse((string)shard["HashKeyRange"]!["StartingHashKey"]!, CultureInfo.InvariantCulture),
        UInt128.Parse((string)shard["HashKeyRange"]!["EndingHashKey"]!, CultureInfo.InvariantCulture));
}
