using System.Formats.Cbor;

namespace DataProcessor.Benchmarks;

/// <summary>Records as Kinesis answers them, in CBOR of indefinite lengths, written by the base library.</summary>
internal static class Pages
{
    private const string SequenceNumber = "49650000000000000000000000000000000000000000000000000050";

    /// <param name="shape">Few records as with aggregation, or many as without.</param>
    /// <param name="cursor">NextShardIterator or ContinuationSequenceNumber.</param>
    public static byte[] Encode(PageShape shape, string cursor)
    {
        var (count, size) = shape == PageShape.FourOf250KB ? (4, 250_000) : (500, 200);
        var random = new Random(1);
        var data = new byte[size];
        var cbor = new CborWriter(CborConformanceMode.Lax);
        cbor.WriteStartMap(null);
        cbor.WriteTextString("Records");
        cbor.WriteStartArray(null);
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(data);
            cbor.WriteStartMap(null);
            cbor.WriteTextString("SequenceNumber");
            cbor.WriteTextString(SequenceNumber);
            cbor.WriteTextString("ApproximateArrivalTimestamp");
            cbor.WriteTag(CborTag.UnixTimeSeconds);
            cbor.WriteInt64(1_700_000_000_000);
            cbor.WriteTextString("Data");
            cbor.WriteByteString(data);
            cbor.WriteTextString("PartitionKey");
            cbor.WriteTextString("customer-1");
            cbor.WriteEndMap();
        }

        cbor.WriteEndArray();
        cbor.WriteTextString(cursor);
        cbor.WriteTextString(SequenceNumber);
        cbor.WriteTextString("MillisBehindLatest");
        cbor.WriteInt64(0);
        cbor.WriteEndMap();
        return cbor.Encode();
    }
}
