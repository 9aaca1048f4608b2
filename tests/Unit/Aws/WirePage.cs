using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using DataProcessor.Aws.Kinesis;
using Xunit;
using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

/// <summary>A page of GetRecords or an event of SubscribeToShard, written by the base library's writers.</summary>
internal sealed record WirePage(WireRecord[] Records, string? Cursor, long MillisBehindLatest, ChildShard[] ChildShards)
{
    private static readonly Gen<string> Number = Gen.ULong.Select(number => number.ToString(CultureInfo.InvariantCulture));

    public static readonly Gen<WirePage> Any = Gen.Select(
        Gen.Select(
            Number,
            Gen.String[1, 256].Where(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text),
            Gen.Byte.Array[0, 2_000],
            Gen.Long[0, 4_000_000_000_000]).Select((number, key, data, ms) => new WireRecord(number, key, data, ms)).Array[0, 20],
        Number.Null(),
        Gen.Long[0, 100_000_000],
        Gen.Select(Number, Number.Array[0, 2], Number, Number)
            .Select((id, parents, start, end) => new ChildShard(id, parents, start, end)).Array[0, 3])
        .Select((records, cursor, behind, children) => new WirePage(records, cursor, behind, children));

    public void AssertHas(KinesisRecord[] records)
    {
        Assert.Equal(Records.Length, records.Length);
        foreach ((var wanted, var record) in Records.Zip(records))
        {
            Assert.Equal(wanted.SequenceNumber, record.SequenceNumber);
            Assert.Equal(Encoding.UTF8.GetBytes(wanted.PartitionKey), record.PartitionKey.ToArray());
            Assert.Equal(wanted.Data, record.Data.ToArray());
            Assert.Equal(wanted.Milliseconds, record.ArrivalTime.ToUnixTimeMilliseconds());
        }
    }

    public byte[] Encode(WireForm form, string cursorName) => form is WireForm.Json
        ? EncodeJson(cursorName)
        : EncodeCbor(form, cursorName);

    private byte[] EncodeJson(string cursorName) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?>
    {
        ["MillisBehindLatest"] = MillisBehindLatest,
        ["EncryptionType"] = "NONE",
        [cursorName] = Cursor,
        ["ChildShards"] = ChildShards.Select(child => new
        {
            child.ShardId,
            child.ParentShards,
            HashKeyRange = new { child.StartingHashKey, child.EndingHashKey },
        }),
        ["Records"] = Records.Select(record => new
        {
            record.Data,
            record.PartitionKey,
            record.SequenceNumber,
            ApproximateArrivalTimestamp = record.Milliseconds / 1_000m,
        }),
    });

    private byte[] EncodeCbor(WireForm form, string cursorName)
    {
        var isIndefinite = form is WireForm.CborOfIndefiniteLengths;
        var writer = new Foreign.CborWriter(convertIndefiniteLengthEncodings: false);
        writer.WriteStartMap(isIndefinite ? null : 5);
        writer.WriteTextString("EncryptionType");
        writer.WriteTextString("NONE");
        writer.WriteTextString("Records");
        writer.WriteStartArray(isIndefinite ? null : Records.Length);
        foreach (var record in Records)
        {
            record.Write(writer, form);
        }

        writer.WriteEndArray();
        writer.WriteTextString(cursorName);
        if (Cursor is null)
        {
            writer.WriteNull();
        }
        else
        {
            writer.WriteTextString(Cursor);
        }

        writer.WriteTextString("MillisBehindLatest");
        writer.WriteInt64(MillisBehindLatest);
        writer.WriteTextString("ChildShards");
        writer.WriteStartArray(isIndefinite ? null : ChildShards.Length);
        foreach (var child in ChildShards)
        {
            Write(writer, child);
        }

        writer.WriteEndArray();
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static void Write(Foreign.CborWriter writer, ChildShard child)
    {
        writer.WriteStartMap(3);
        writer.WriteTextString("HashKeyRange");
        writer.WriteStartMap(2);
        writer.WriteTextString("StartingHashKey");
        writer.WriteTextString(child.StartingHashKey);
        writer.WriteTextString("EndingHashKey");
        writer.WriteTextString(child.EndingHashKey);
        writer.WriteEndMap();
        writer.WriteTextString("ParentShards");
        writer.WriteStartArray(child.ParentShards.Length);
        foreach (var parent in child.ParentShards)
        {
            writer.WriteTextString(parent);
        }

        writer.WriteEndArray();
        writer.WriteTextString("ShardId");
        writer.WriteTextString(child.ShardId);
        writer.WriteEndMap();
    }
}
