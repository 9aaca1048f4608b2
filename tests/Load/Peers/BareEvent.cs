using System.Text;

namespace DataProcessor.Load.Peers;

/// <summary>What is counted of an event, found by the shortest walk through its CBOR.</summary>
/// <param name="KinesisRecords">In it.</param>
/// <param name="UserRecords">In them.</param>
/// <param name="Bytes">Of the user records' data.</param>
/// <param name="Continuation">Where to go on; null in the shard's last event.</param>
internal readonly record struct BareEvent(int KinesisRecords, long UserRecords, long Bytes, string? Continuation)
{
    public static BareEvent Read(ReadOnlySpan<byte> payload)
    {
        var read = default(BareEvent);
        var walk = new CborWalk(payload);
        for (var pairs = walk.Open(); walk.HasNext(ref pairs);)
        {
            var name = walk.String();
            if (name.SequenceEqual("Records"u8))
            {
                read = ReadRecords(ref walk, read);
            }
            else if (name.SequenceEqual("ContinuationSequenceNumber"u8) && !walk.TryNull())
            {
                read = read with { Continuation = Encoding.ASCII.GetString(walk.String()) };
            }
            else
            {
                walk.Skip();
            }
        }

        return read;
    }

    private static BareEvent ReadRecords(ref CborWalk walk, BareEvent read)
    {
        var (kinesisRecords, userRecords, bytes) = (0, 0L, 0L);
        for (var items = walk.Open(); walk.HasNext(ref items);)
        {
            kinesisRecords++;
            for (var pairs = walk.Open(); walk.HasNext(ref pairs);)
            {
                if (walk.String().SequenceEqual("Data"u8))
                {
                    var (inside, size) = AggregateWalk.Count(walk.String());
                    userRecords += inside;
                    bytes += size;
                }
                else
                {
                    walk.Skip();
                }
            }
        }

        return read with { KinesisRecords = kinesisRecords, UserRecords = userRecords, Bytes = bytes };
    }
}
