using System.Globalization;
using System.Text;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Aggregation;

namespace DataProcessor.Unit.Simulation;

/// <summary>How a producer packs its records.</summary>
internal enum Packing
{
    /// <summary>One Kinesis record each.</summary>
    Plain,

    /// <summary>As we do.</summary>
    Ours,

    /// <summary>As KPL does.</summary>
    Kpl,

    /// <summary>As other aggregators do: any keys under the first record's.</summary>
    Foreign,
}

/// <summary>A user record on its way.</summary>
internal sealed record SentRecord(string Key, int Number)
{
    public HashKey HashKey { get; } = HashKey.FromPartitionKey(Key);
}

/// <summary>
/// A Kinesis record and what is in it. Its bytes are unlike any other's of the run, so that whoever finds it in the stream
/// knows what was sent without decoding it.
/// </summary>
internal sealed class Parcel
{
    private const int MaxCount = 1000;
    private const int MaxBytes = 50 * 1024;

    private readonly bool _isAggregate;
    private readonly Packing _packing;

    private Parcel(PutRecordsEntry entry, SentRecord[] records, Packing packing, bool isAggregate) =>
        (Entry, Records, _packing, _isAggregate) = (entry, records, packing, isAggregate);

    public PutRecordsEntry Entry { get; }

    public SentRecord[] Records { get; }

    /// <summary>Tells this parcel from all others.</summary>
    public string Content => ContentOf(Entry.Data.Span);

    public static string ContentOf(ReadOnlySpan<byte> data) => Convert.ToBase64String(data);

    /// <param name="packing">The format.</param>
    /// <param name="records">At least one; <see cref="Packing.Plain"/> takes exactly one.</param>
    /// <param name="id">Unique in the run.</param>
    /// <param name="streamEpoch">For our tag.</param>
    public static Parcel Of(Packing packing, SentRecord[] records, int id, long streamEpoch)
    {
        using var writer = packing switch
        {
            Packing.Kpl => new AggregateWriter(MaxCount, AggregateFormat.KplOuterPartitionKey),
            Packing.Foreign => new AggregateWriter(MaxCount, records[0].Key),
            _ => new AggregateWriter(MaxCount, incarnation: AggregateTag.NameIncarnation(streamEpoch, new Random(id))),
        };
        foreach (var record in records)
        {
            writer.Add(FrameOf(record, id), MaxBytes);
        }

        var entry = writer.Finish((ulong)id);
        var explicitHashKey = packing == Packing.Plain ? null : entry.ExplicitHashKey;
        return new(new(entry.PartitionKey, explicitHashKey, entry.Data.ToArray()), records, packing, writer.IsAggregate);
    }

    /// <summary>What a processor sees of a record.</summary>
    public static (string Key, int Number) Read(in UserRecord record)
    {
        var text = Encoding.UTF8.GetString(record.Data.Span);
        return (record.PartitionKey, int.Parse(text.Split('/')[0], CultureInfo.InvariantCulture));
    }

    /// <summary>Which of its records whoever reads the shard with this range is to hand over, by architecture.md's rule.</summary>
    public IEnumerable<int> DeliverableIn(HashKeyRange range)
    {
        var all = Enumerable.Range(0, Records.Length);
        return (_isAggregate, _packing) switch
        {
            (true, Packing.Ours) => all.All(IsInRange) ? all : [],
            (true, Packing.Kpl) => all.Where(IsInRange),
            _ => all,
        };

        bool IsInRange(int index) => range.Contains(Records[index].HashKey);
    }

    private static byte[] FrameOf(SentRecord record, int id)
    {
        var key = Encoding.UTF8.GetBytes(record.Key);
        var data = Encoding.UTF8.GetBytes($"{record.Number}/{id}");
        var frame = new byte[RecordFrame.SizeOf(key.Length, data.Length)];
        RecordFrame.Write(frame, record.HashKey, hasExplicitHashKey: false, isKeyless: false, key, data);
        return frame;
    }
}
