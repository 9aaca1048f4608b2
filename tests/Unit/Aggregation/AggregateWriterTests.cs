using System.Text;
using CsCheck;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Aggregation;
using Xunit;

namespace DataProcessor.Unit.Aggregation;

public sealed class AggregateWriterTests
{
    private const ulong Incarnation = 0xFEED_FACE_CAFE_BEEF;
    private static readonly HashKey Shared = new(UInt128.MaxValue / 3);

    private static readonly Gen<Record> SomeRecord = Gen.Select(
        Gen.OneOf(Gen.Int[0, 5].Select(i => $"k{i}"), Gen.String[Gen.Char['a', 'ž'], 1, 256]),
        Gen.OneOf(Gen.Const((HashKey?)null), Gen.Int[0, 200].Select(i => (HashKey?)new HashKey((UInt128)i)), Gen.UInt128.Select(value => (HashKey?)new HashKey(value))),
        Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Byte.Array[0, 400], Gen.Byte.Array[0, 20_000]),
        Gen.Int[0, 9].Select(i => i == 0))
        .Select((key, hashKey, data, isKeyless) => new Record(isKeyless ? RecordFrame.KeylessPartitionKey : key, isKeyless ? null : hashKey, data, isKeyless));

    [Fact]
    public void The_golden_vector_of_KPL_comes_out_byte_for_byte()
    {
        using var writer = new AggregateWriter(100, AggregateFormat.KplOuterPartitionKey);
        Record[] records =
        [
            new("a", null, "1"u8.ToArray()),
            new("b", new(83), "2"u8.ToArray()),
            new("a", null, "3"u8.ToArray()),
        ];

        Add(writer, records, int.MaxValue);
        var entry = writer.Finish(0);

        Assert.Equal("a", entry.PartitionKey);
        Assert.Equal("16955237001963240173058271559858726497", entry.ExplicitHashKey);
        Assert.Equal(
            "f3899ac20a01610a0162120238331a0508001a01311a07080110001a01321a0508001a01331fe05d4bd983ac3489af185328eb3af9",
            Convert.ToHexStringLower(entry.Data.Span));
    }

    [Fact]
    public void Aggregates_give_back_their_records_and_have_the_size_that_was_foreseen() =>
        Gen.Select(SomeRecord.Array[1, 300], Gen.Int[100, 100_000], Gen.Int[1, 250]).Sample((records, maxSize, maxCount) =>
        {
            using var writer = new AggregateWriter(maxCount, incarnation: Incarnation) { KeylessHashKey = Shared };
            var written = 0;
            for (ulong counter = 0; written < records.Length; counter++)
            {
                var taken = Add(writer, records[written..], maxSize);
                var entry = writer.Finish(counter);

                Assert.InRange(taken, 1, maxCount);
                Assert.Equal(writer.Size, entry.Data.Length + Encoding.UTF8.GetByteCount(entry.PartitionKey));
                Assert.True(writer.Size <= maxSize || taken == 1);
                Assert.Equal(records[written].RoutingKey.ToString(), entry.ExplicitHashKey);
                AssertHolds(records.AsSpan(written, taken), entry, writer.IsAggregate, counter);
                written += taken;
                writer.Clear();
            }
        });

    [Fact]
    public void A_record_that_does_not_fit_would_have_made_the_aggregate_too_large() =>
        Gen.Select(SomeRecord.Array[2, 60], Gen.Int[100, 10_000]).Sample((records, maxSize) =>
        {
            using var bounded = new AggregateWriter(1000, incarnation: Incarnation);
            var taken = Add(bounded, records, maxSize);
            if (taken < records.Length)
            {
                using var unbounded = new AggregateWriter(1000, incarnation: Incarnation);
                Add(unbounded, records[..(taken + 1)], int.MaxValue);
                Assert.True(unbounded.Size > maxSize);
            }
        });

    [Fact]
    public void One_record_goes_raw_under_its_own_key()
    {
        using var writer = new AggregateWriter(100, incarnation: Incarnation);
        Add(writer, [new("köy", null, [1, 2, 3])], int.MaxValue);
        var entry = writer.Finish(0);

        Assert.Equal("köy", entry.PartitionKey);
        Assert.Equal(HashKey.FromPartitionKey("köy").ToString(), entry.ExplicitHashKey);
        Assert.Equal([1, 2, 3], entry.Data.ToArray());
        Assert.Equal(4 + 3, writer.Size);
    }

    [Fact]
    public void A_record_whose_data_looks_aggregated_travels_as_an_aggregate_of_one()
    {
        byte[] data = [.. AggregateFormat.Magic, 1, 2, 3];
        using var writer = new AggregateWriter(100, incarnation: Incarnation);
        Add(writer, [new("k", new(7), data)], int.MaxValue);
        var entry = writer.Finish(0);

        Assert.Equal(AggregateFormat.OuterPartitionKey, entry.PartitionKey);
        Assert.Equal(data, Assert.Single(AggregateWriterReference.Parse(entry.Data.ToArray())).Data);
        var frame = new Record("k", new(7), data).Frame();
        Assert.True(writer.Size <= AggregateWriter.SizeAlone(RecordFrame.Read(frame)));
    }

    [Fact]
    public void Decimal_lengths_are_right_at_every_power_of_ten()
    {
        var power = UInt128.One;
        for (var digits = 1; digits <= 39; digits++, power = digits <= 39 ? power * 10 : power)
        {
            foreach (var value in (UInt128[])[power, power - 1, power + 1, UInt128.MaxValue - power])
            {
                Assert.Equal(value.ToString().Length, AggregateWriterDecimal.LengthOf(value));
            }
        }
    }

    private static int Add(AggregateWriter writer, Record[] records, int maxSize)
    {
        var taken = 0;
        while (taken < records.Length && writer.Add(records[taken].Frame(), maxSize) > 0)
        {
            taken++;
        }

        return taken;
    }

    private static void AssertHolds(ReadOnlySpan<Record> expected, PutRecordsEntry entry, bool isAggregate, ulong counter)
    {
        if (!isAggregate)
        {
            Assert.Equal(expected[0].PartitionKey, entry.PartitionKey);
            Assert.Equal(expected[0].Data, entry.Data.ToArray());
            return;
        }

        var parsed = AggregateWriterReference.Parse(entry.Data.ToArray());
        Assert.Equal(expected.Length, parsed.Count);
        var (lowest, highest) = (HashKey.Max, HashKey.Min);
        for (var i = 0; i < parsed.Count; i++)
        {
            Assert.Equal(expected[i].PartitionKey, parsed[i].PartitionKey);
            Assert.Equal(expected[i].IsKeyless ? Shared.ToString() : expected[i].ExplicitHashKey?.ToString(), parsed[i].ExplicitHashKey);
            Assert.Equal(expected[i].Data, parsed[i].Data);
            Assert.Equal(i == 0 ? 1 : 0, parsed[i].Tags.Length);
            lowest = expected[i].RoutingKey < lowest ? expected[i].RoutingKey : lowest;
            highest = expected[i].RoutingKey > highest ? expected[i].RoutingKey : highest;
        }

        Assert.True(AggregateTag.TryRead(Encoding.ASCII.GetBytes(parsed[0].Tags[0].Value), out var tag));
        Assert.Equal(new(Incarnation, counter, lowest, highest), tag);
    }

    private sealed record Record(string PartitionKey, HashKey? ExplicitHashKey, byte[] Data, bool IsKeyless = false)
    {
        public HashKey RoutingKey => IsKeyless ? Shared : ExplicitHashKey ?? HashKey.FromPartitionKey(PartitionKey);

        public byte[] Frame()
        {
            var key = Encoding.UTF8.GetBytes(PartitionKey);
            var frame = new byte[RecordFrame.SizeOf(key.Length, Data.Length)];
            var hashKey = ExplicitHashKey ?? HashKey.FromPartitionKey(key);
            RecordFrame.Write(frame, hashKey, ExplicitHashKey is not null, IsKeyless, key, Data);
            return frame;
        }
    }
}
