using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Conformance.Harness;
using DataProcessor.Grains.Aggregation;

namespace DataProcessor.Conformance.Aggregation;

/// <summary>Our aggregates read by Amazon's aws-kinesis-agg, and its aggregates read by us.</summary>
public sealed class AggregateTests(ForeignParts foreign) : NodeSuite
{
    /// <summary>
    /// Keys begin with a letter and hash keys are large, because aws-kinesis-agg keeps its tables in a JavaScript object,
    /// which moves keys that look like small numbers to its front: such records then name each other's keys.
    /// </summary>
    private static readonly Gen<PutRecord> Record = Gen.Select(
        Gen.OneOf(Gen.Int[0, 5].Select(i => $"k{i}"), Gen.String[Gen.Char['a', 'ž'], 1, 256]),
        Gen.OneOf(Gen.Const((HashKey?)null), Gen.UInt128.Select(value => (HashKey?)new HashKey(value | (UInt128.One << 64)))),
        Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Byte.Array[120, 140], Gen.Byte.Array[16_380, 16_390]))
        .Select((key, hashKey, data) => new PutRecord(key, hashKey, data));

    public static TheoryData<string, ulong?> Writers => new()
    {
        { AggregateFormat.KplOuterPartitionKey, null },
        { AggregateFormat.OuterPartitionKey, 0xFEED_FACE_CAFE_BEEF },
    };

    [Theory]
    [MemberData(nameof(Writers))]
    public Task Ours_are_taken_apart_by_theirs(string outerKey, ulong? incarnation) => Record.Array[2, 40].SampleAsync(
        async records =>
        {
            using var writer = new AggregateWriter(int.MaxValue, outerKey, incarnation);
            foreach (var record in records)
            {
                Assert.NotEqual(0, writer.Add(record.ToFrame(), int.MaxValue));
            }

            var entry = writer.Finish(counter: 1);

            var read = await DeaggregateAsync(entry);
            HashKey[] hashKeys = [.. records.Select(record => record.ExplicitHashKey).OfType<HashKey>()];
            Assert.Equal(records.Length, read.Count);
            for (var i = 0; i < records.Length; i++)
            {
                Assert.Equal(records[i].PartitionKey, read[i]!["partitionKey"]!.GetValue<string>());
                Assert.Equal(Convert.ToBase64String(records[i].Data), read[i]!["data"]!.GetValue<string>());
                Assert.Equal(i, read[i]!["subSequenceNumber"]!.GetValue<int>());

                // It reports the table's first hash key for records that have none.
                var expected = records[i].ExplicitHashKey ?? (hashKeys.Length > 0 ? hashKeys[0] : null);
                Assert.Equal(expected?.ToString(), read[i]!["explicitPartitionKey"]?.GetValue<string>());
            }

            foreign.Cases.Add("aggregates of ours");
        },
        iter: 40,
        threads: 1);

    [Fact]
    public Task Theirs_are_taken_apart_by_ours() => Record.Array[1, 40].SampleAsync(
        async records =>
        {
            var aggregator = await foreign.AggregatorAsync();
            var put = new JsonObject { ["records"] = new JsonArray([.. records.Select(record => record.ToJson())]) };
            var aggregate = await aggregator.CallAsync("aggregate", put, TestContext.Current.CancellationToken);
            var record = new KinesisRecord(
                "1",
                Encoding.UTF8.GetBytes(aggregate!["partitionKey"]!.GetValue<string>()),
                Convert.FromBase64String(aggregate["data"]!.GetValue<string>()),
                default);

            // Whatever the shard: it packs any keys under the first record's.
            var slots = new ArrayBufferWriter<UserRecordSlot>();
            var result = new AggregateReader(new(HashKey.Min, HashKey.Min), streamEpoch: 0).Read(record, 0, slots);

            Assert.Equal(new(records.Length, Dropped: 0, IsAggregate: true), result);
            Assert.Equal(records.Select(put => put.Shown), slots.WrittenMemory.ToArray().Select(slot => PutRecord.From(slot).Shown));
            foreign.Cases.Add("aggregates of theirs");
        },
        iter: 80,
        threads: 1);

    [Fact]
    public async Task Theirs_under_KPLs_key_are_split_by_the_shards_range()
    {
        var aggregator = await foreign.AggregatorAsync();
        var middle = new HashKey(UInt128.MaxValue / 2);
        PutRecord[] records = [.. Enumerable.Range(0, 200).Select(i => new PutRecord(
            $"k{i}", i % 3 == 0 ? new HashKey(UInt128.MaxValue - (UInt128)i) : null, [(byte)i]))];
        var put = new JsonObject { ["records"] = new JsonArray([.. records.Select(record => record.ToJson())]) };
        var aggregate = await aggregator.CallAsync("aggregate", put, TestContext.Current.CancellationToken);
        var record = new KinesisRecord("1", "a"u8.ToArray(), Convert.FromBase64String(aggregate!["data"]!.GetValue<string>()), default);

        var slots = new ArrayBufferWriter<UserRecordSlot>();
        var result = new AggregateReader(new(HashKey.Min, middle), streamEpoch: 0).Read(record, 0, slots);

        string[] expected = [.. records
            .Where(put => put.ExplicitHashKey is null && HashKey.FromPartitionKey(put.PartitionKey) <= middle)
            .Select(put => put.Shown)];
        Assert.NotEmpty(expected);
        Assert.Equal(new(200, Dropped: 200 - expected.Length, IsAggregate: true), result);
        Assert.Equal(expected, slots.WrittenMemory.ToArray().Select(slot => PutRecord.From(slot).Shown));
        foreign.Cases.Add("aggregates of theirs");
    }

    private async Task<JsonArray> DeaggregateAsync(PutRecordsEntry entry)
    {
        var aggregator = await foreign.AggregatorAsync();
        var record = new JsonObject { ["partitionKey"] = entry.PartitionKey, ["data"] = Convert.ToBase64String(entry.Data.Span) };
        var read = await aggregator.CallAsync("deaggregate", record, TestContext.Current.CancellationToken);
        return read!.AsArray();
    }
}
