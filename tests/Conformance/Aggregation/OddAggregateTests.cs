using System.Buffers;
using System.Text.Json.Nodes;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Conformance.Harness;
using DataProcessor.Grains.Aggregation;

namespace DataProcessor.Conformance.Aggregation;

/// <summary>
/// Aggregates that no producer should write, made with Amazon's protobuf writer. KCL's rule decides: an aggregate if the
/// magic number leads, more than 16 bytes follow, the last 16 are the digest of those between, and these parse with every
/// required field and every index inside its table; otherwise the record is the user's own and is delivered as it is.
/// </summary>
public sealed class OddAggregateTests(ForeignParts foreign)
{
    private const int Raw = -1;
    private const int Refused = -2;

    /// <summary>Name, user records that we read (or raw), user records that aws-kinesis-agg reads (or refused).</summary>
    private static readonly Dictionary<string, (int Ours, int Theirs)> Decisions = new()
    {
        ["two records"] = (2, 2),
        ["no records"] = (0, 0),
        ["unknown fields"] = (1, 1),
        ["tags"] = (1, 1),
        ["large tables"] = (20_000, 20_000),
        ["records before their tables"] = (1, 1),
        ["the same key twice in the table"] = (2, 2),
        ["empty data"] = (1, 1),
        ["bad digest"] = (Raw, Refused),
        ["truncated"] = (Raw, Refused),
        ["message truncated under a good digest"] = (Raw, Refused),
        ["bytes after the digest"] = (Raw, Refused),
        ["no protobuf under a good digest"] = (Raw, Refused),
        ["magic number alone"] = (Raw, Refused),
        ["magic number and less than a digest"] = (Raw, Refused),
        ["a tag without its name"] = (Raw, Refused),
        ["a record without data"] = (Raw, Refused),
        ["a record without a partition key index"] = (Raw, Refused),

        // It takes 20 bytes for an aggregate of nothing; KCL wants more than the digest.
        ["empty message"] = (Raw, 0),

        // It looks the key up without a check and delivers the record without one.
        ["partition key index out of range"] = (Raw, 2),
        ["explicit hash key index out of range"] = (Raw, 1),
        ["partition key index of 64 bits"] = (Raw, 1),
    };

    public static TheoryData<string> Names => new(Decisions.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_odd_aggregate_is_decided_as_KCL_does(string name)
    {
        var aggregator = await foreign.AggregatorAsync();
        var odd = await aggregator.CallAsync("odd", new JsonObject { ["name"] = name }, TestContext.Current.CancellationToken);
        var data = Convert.FromBase64String(odd!.GetValue<string>());

        Assert.Equal(Decisions[name], (Read(data), await ReadByTheirsAsync(aggregator, data)));
        foreign.Cases.Add("odd aggregates");
    }

    [Fact]
    public async Task Every_odd_aggregate_is_decided()
    {
        var aggregator = await foreign.AggregatorAsync();
        var names = await aggregator.CallAsync("oddNames", null, TestContext.Current.CancellationToken);

        Assert.Equal(Decisions.Keys.Order(), names!.AsArray().Select(name => name!.GetValue<string>()).Order());
    }

    private static int Read(byte[] data)
    {
        var slots = new ArrayBufferWriter<UserRecordSlot>();
        var result = new AggregateReader(new(HashKey.Min, HashKey.Max), streamEpoch: 0)
            .Read(new KinesisRecord("1", "another aggregator's"u8.ToArray(), data, default), 0, slots);

        if (!result.IsAggregate)
        {
            Assert.Equal(data, Assert.Single(slots.WrittenMemory.ToArray()).Data.ToArray());
            return Raw;
        }

        Assert.Equal(result.Total, slots.WrittenCount);
        return result.Total;
    }

    private static async Task<int> ReadByTheirsAsync(ForeignProcess aggregator, byte[] data)
    {
        var record = new JsonObject { ["partitionKey"] = "outer", ["data"] = Convert.ToBase64String(data) };
        try
        {
            var read = await aggregator.CallAsync("deaggregate", record, TestContext.Current.CancellationToken);
            return read!.AsArray().Count;
        }
        catch (ForeignCallException)
        {
            return Refused;
        }
    }
}
