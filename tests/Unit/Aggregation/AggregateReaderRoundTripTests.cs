using System.Buffers;
using System.Text;
using CsCheck;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Aggregation;
using Xunit;

namespace DataProcessor.Unit.Aggregation;

public sealed class AggregateReaderRoundTripTests
{
    [Fact]
    public void What_the_writer_packs_the_reader_gives_back_and_drops_elsewhere()
    {
        var record = Gen.Select(Gen.String[1, 6], Gen.ULong.Nullable(), Gen.Byte.Array[0, 30]);
        Gen.Select(record.Array[1, 40], Gen.Bool).Sample((records, isTagged) =>
        {
            using var writer = new AggregateWriter(records.Length, incarnation: isTagged ? 7 : null);
            foreach (var (key, hash, data) in records)
            {
                var utf8 = Encoding.UTF8.GetBytes(key);
                var frame = new byte[RecordFrame.SizeOf(utf8.Length, data.Length)];
                RecordFrame.Write(
                    frame, hash is { } h ? new(h) : HashKey.FromPartitionKey(utf8), hash is not null, false, utf8, data);
                Assert.Equal(frame.Length, writer.Add(frame, int.MaxValue));
            }

            var entry = writer.Finish(counter: 1);
            var sent = new KinesisRecord("1", Encoding.UTF8.GetBytes(entry.PartitionKey), entry.Data, default);
            var slots = new ArrayBufferWriter<UserRecordSlot>();
            new AggregateReader(new(writer.Lowest, writer.Highest), streamEpoch: 0).Read(sent, 0, slots);
            Assert.Equal(
                records.Select((r, i) => (r.Item1, Convert.ToHexString(r.Item3), i)),
                slots.WrittenMemory.ToArray().Select(slot => (
                    Encoding.UTF8.GetString(slot.PartitionKey.Span), Convert.ToHexString(slot.Data.Span), slot.SubSequenceNumber)));

            if (writer.IsAggregate && writer.Highest > HashKey.Min)
            {
                var below = new HashKeyRange(HashKey.Min, new(writer.Highest.Value - 1));
                Assert.Equal(records.Length, new AggregateReader(below, streamEpoch: 0).Read(sent, 0, slots).Dropped);
            }
        });
    }
}
