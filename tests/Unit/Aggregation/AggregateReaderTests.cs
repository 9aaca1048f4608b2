using System.Buffers;
using System.Globalization;
using System.Text;
using CsCheck;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Aggregation;
using Xunit;

namespace DataProcessor.Unit.Aggregation;

public sealed class AggregateReaderTests
{
    private static readonly HashKeyRange Everything = new(HashKey.Min, HashKey.Max);
    private static readonly HashKeyRange Lower = new(HashKey.Min, new(HashKey.Max.Value / 2));

    private static readonly byte[] Golden = Convert.FromHexString(
        "f3899ac20a01610a0162120238331a0508001a01311a07080110001a01321a0508001a01331fe05d4bd983ac3489af185328eb3af9");

    private static readonly string[] OuterKeys = ["a", "dp", "z"];

    private readonly ArrayBufferWriter<UserRecordSlot> _slots = new();

    [Fact]
    public void The_aggregate_that_KPL_wrote_is_read_as_it_was_put()
    {
        var result = Read(Golden, "a", Everything);

        Assert.Equal(new(Total: 3, Dropped: 0, IsAggregate: true), result);
        Assert.Equal([("a", "1", 0), ("b", "2", 1), ("a", "3", 2)], Records());
    }

    [Fact]
    public void Of_KPLs_aggregate_only_the_records_in_the_shards_range_are_taken_and_keep_their_numbers()
    {
        // MD5("a") = 0cc1…, in the lower half; MD5("b") = 92eb…, in the upper one; hash key 83 is low.
        var aggregate = Table("a", "b")
            .Text(2, "83")
            .Message(3, AggregateReaderProtobuf.Record(1, "high"))
            .Message(3, AggregateReaderProtobuf.Record(0, "low"))
            .Message(3, AggregateReaderProtobuf.Record(1, "low by its hash key", explicitHashKey: 0))
            .ToAggregate();

        var result = Read(aggregate, "a", Lower);

        Assert.Equal(new(Total: 3, Dropped: 1, IsAggregate: true), result);
        Assert.Equal([("a", "low", 1), ("b", "low by its hash key", 2)], Records());
    }

    [Theory]
    [InlineData("dp", 0)]
    [InlineData("some other aggregator", 2)]
    public void Of_an_aggregate_that_straddles_the_range_ours_is_dropped_and_a_foreign_one_taken_whole(
        string outerKey, int taken)
    {
        var aggregate = Table("a", "b")
            .Message(3, AggregateReaderProtobuf.Record(0, "low"))
            .Message(3, AggregateReaderProtobuf.Record(1, "high"))
            .ToAggregate();

        Assert.Equal(new(Total: 2, Dropped: 2 - taken, IsAggregate: true), Read(aggregate, outerKey, Lower));
        Assert.Equal(taken, Records().Count);
    }

    [Theory]
    [InlineData(0, 100, true)]
    [InlineData(0, 101, false)]
    public void Our_tag_decides_without_the_keys(int lowest, int highest, bool isTaken) =>
        Assert.Equal(isTaken ? 0 : 1, ReadTagged(new(1, 2, new((UInt128)lowest), new((UInt128)highest))).Dropped);

    [Fact]
    public void An_aggregate_for_the_stream_that_had_the_name_before_is_taken_whole()
    {
        var incarnation = AggregateTag.NameIncarnation(streamEpoch: 1_790_000_000, new Random(1));
        var tag = new AggregateTag(incarnation, 2, HashKey.Min, HashKey.Max);

        Assert.Equal(1_790_000_000, tag.StreamEpoch);
        Assert.Equal(0, ReadTagged(tag).Dropped);
    }

    [Fact]
    public void Unknown_fields_of_every_wire_type_are_skipped_at_every_level()
    {
        AggregateReaderProtobuf WithUnknown(AggregateReaderProtobuf message) => message
            .Varint(9, ulong.MaxValue).Fixed(10, 8).Fixed(11, 4).Text(12, "?")
            .Group(13, new AggregateReaderProtobuf().Varint(1, 1).Group(14, new()).Text(3, "not data"));

        var tag = WithUnknown(new AggregateReaderProtobuf().Text(1, "k"));
        var record = WithUnknown(AggregateReaderProtobuf.Record(0, "x").Message(4, tag));
        var aggregate = WithUnknown(new AggregateReaderProtobuf().Message(3, record)).Text(1, "key").ToAggregate();

        Assert.True(Read(aggregate, "a", Everything).IsAggregate);
        Assert.Equal([("key", "x", 0)], Records());
    }

    [Fact]
    public void What_is_no_aggregate_is_delivered_as_it_is()
    {
        byte[][] notAggregates =
        [
            [],
            "hello"u8.ToArray(),
            AggregateReaderProtobuf.Seal([]),                                              // nothing between magic and digest
            [.. Golden[..^1], (byte)(Golden[^1] ^ 1)],                                     // bad digest
            Table("a").Message(3, AggregateReaderProtobuf.Record(1, "x")).ToAggregate(),    // no such partition key
            Table("a").Message(3, AggregateReaderProtobuf.Record(0, "x", 0)).ToAggregate(), // no such explicit hash key
            Table("a").Message(3, AggregateReaderProtobuf.Record(ulong.MaxValue, "x")).ToAggregate(),
            Table("a").Message(3, new AggregateReaderProtobuf().Varint(1, 0)).ToAggregate(), // no data
            Table("a").Message(3, new AggregateReaderProtobuf().Text(3, "x")).ToAggregate(), // no key
        ];
        foreach (var data in notAggregates)
        {
            _slots.Clear();
            Assert.Equal(new(Total: 1, Dropped: 0, IsAggregate: false), Read(data, "a", Lower));
            Assert.Equal([("a", Encoding.Latin1.GetString(data), 0)], Records());
        }
    }

    [Fact]
    public void An_aggregate_cut_anywhere_is_no_aggregate()
    {
        var protobuf = Golden[4..^16];
        var whole = 0;
        for (var length = 1; length < protobuf.Length; length++)
        {
            _slots.Clear();

            // Sealed anew, so that the digest does not catch it. A cut between two records is a shorter aggregate.
            var result = Read(AggregateReaderProtobuf.Seal(protobuf[..length]), "a", Everything);
            whole += result.IsAggregate ? 1 : 0;
            Assert.Equal(result.IsAggregate ? result.Total : 1, _slots.WrittenCount);

            _slots.Clear();
            Assert.False(Read(Golden[..(4 + length)], "a", Everything).IsAggregate);
        }

        Assert.Equal(5, whole); // after each of the 3 table entries and of the first 2 records
    }

    [Fact]
    public void Bytes_of_any_kind_never_throw()
    {
        var fields = Gen.Byte[0x08, 0x25];
        var anything = Gen.Select(Gen.OneOf(Gen.Byte, fields).Array[0, 60], Gen.Bool, (bytes, isSealed) =>
            isSealed ? AggregateReaderProtobuf.Seal(bytes) : bytes);
        var mutated = Gen.Select(Gen.Int[0, Golden.Length - 21], Gen.Byte, (at, value) =>
        {
            var protobuf = Golden[4..^16];
            protobuf[at] = value;
            return AggregateReaderProtobuf.Seal(protobuf);
        });

        Gen.Select(Gen.OneOf(anything, mutated), Gen.Int[0, 2].Select(i => OuterKeys[i])).Sample((data, outerKey) =>
        {
            var slots = new ArrayBufferWriter<UserRecordSlot>();
            var record = new KinesisRecord("1", Encoding.UTF8.GetBytes(outerKey), data, default);
            var result = new AggregateReader(Lower, streamEpoch: 0).Read(record, 0, slots);
            Assert.Equal(result.Total - result.Dropped, slots.WrittenCount);
        });
    }

    [Fact]
    public void Any_records_come_back_in_order_each_judged_by_its_own_hash()
    {
        var record = Gen.Select(Gen.String[0, 8], Gen.ULong.Nullable(), Gen.Byte.Array[0, 20]);
        Gen.Select(record.Array[0, 30], Gen.Int[0, 2].Select(i => OuterKeys[i])).Sample((records, outerKey) =>
        {
            var keys = records.Select(r => r.Item1).Distinct().ToList();
            var hashKeys = records.Where(r => r.Item2 is not null).Select(r => Spread(r.Item2!.Value)).Distinct().ToList();
            var message = Table([.. keys]);
            hashKeys.ForEach(key => message.Text(2, key.ToString(CultureInfo.InvariantCulture)));
            foreach (var (key, hash, data) in records)
            {
                var entry = new AggregateReaderProtobuf().Varint(1, (ulong)keys.IndexOf(key));
                entry = hash is { } value ? entry.Varint(2, (ulong)hashKeys.IndexOf(Spread(value))) : entry;
                message.Message(3, entry.Bytes(3, data));
            }

            var inRange = records.Select(r => Lower.Contains(
                r.Item2 is { } hash ? new(Spread(hash)) : HashKey.FromPartitionKey(r.Item1))).ToArray();
            var expected = records.Select((r, i) => (r.Item1, Convert.ToHexString(r.Item3), i)).Where((_, i) => outerKey switch
            {
                "a" => inRange[i],
                "dp" => inRange.All(x => x),
                _ => true,
            });

            var slots = new ArrayBufferWriter<UserRecordSlot>();
            var aggregate = new KinesisRecord("1", Encoding.UTF8.GetBytes(outerKey), message.Text(9, "").ToAggregate(), default);
            new AggregateReader(Lower, streamEpoch: 0).Read(aggregate, 7, slots);

            Assert.Equal(expected, slots.WrittenMemory.ToArray().Select(slot => (
                Encoding.UTF8.GetString(slot.PartitionKey.Span), Convert.ToHexString(slot.Data.Span), slot.SubSequenceNumber)));
            Assert.All(slots.WrittenMemory.ToArray(), slot => Assert.Equal(7, slot.Parent));
        });

        static UInt128 Spread(ulong value) => (UInt128)value << 64;
    }

    [Fact]
    public void Nothing_is_allocated_per_record_once_the_tables_have_grown()
    {
        var message = Table("a", "b");
        for (var i = 0; i < 500; i++)
        {
            message.Message(3, AggregateReaderProtobuf.Record((ulong)(i % 2), "data"));
        }

        var record = new KinesisRecord("1", "a"u8.ToArray(), message.ToAggregate(), default);
        var reader = new AggregateReader(Everything, streamEpoch: 0);
        reader.Read(record, 0, _slots);
        _slots.Clear();

        var before = GC.GetAllocatedBytesForCurrentThread();
        reader.Read(record, 0, _slots);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200);
    }

    /// <summary>Reads one record with the tag in a shard of 0…100, where hashing its key "b" would always drop it.</summary>
    private AggregateReaderResult ReadTagged(in AggregateTag tag)
    {
        var value = new byte[AggregateTag.ValueSize];
        tag.Write(value);
        var text = new AggregateReaderProtobuf().Text(1, "dp").Bytes(2, value);
        var aggregate = Table("b").Message(3, AggregateReaderProtobuf.Record(0, "x").Message(4, text)).ToAggregate();
        return Read(aggregate, "dp", new(HashKey.Min, new(100)));
    }

    private AggregateReaderResult Read(byte[] data, string outerKey, HashKeyRange range) => new AggregateReader(range, streamEpoch: 0)
        .Read(new KinesisRecord("1", Encoding.UTF8.GetBytes(outerKey), data, default), 0, _slots);

    private List<(string Key, string Data, int SubSequenceNumber)> Records() =>
    [
        .. _slots.WrittenMemory.ToArray().Select(slot => (
            Encoding.UTF8.GetString(slot.PartitionKey.Span),
            Encoding.Latin1.GetString(slot.Data.Span),
            slot.SubSequenceNumber)),
    ];

    private static AggregateReaderProtobuf Table(params string[] keys)
    {
        var message = new AggregateReaderProtobuf();
        foreach (var key in keys)
        {
            message.Text(1, key);
        }

        return message;
    }
}
