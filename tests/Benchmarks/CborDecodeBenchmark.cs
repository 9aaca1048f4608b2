using System.Formats.Cbor;
using BenchmarkDotNet.Attributes;
using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Benchmarks;

/// <summary>GetRecords' answer: ours, and the base library's reader into the same records.</summary>
[MemoryDiagnoser]
public class CborDecodeBenchmark
{
    private byte[] _page = [];

    [Params(PageShape.FourOf250KB, PageShape.FiveHundredOf200B)]
    public PageShape Page { get; set; }

    [GlobalSetup]
    public void Setup() => _page = Pages.Encode(Page, "NextShardIterator");

    [Benchmark(Baseline = true)]
    public int BaseLibrary()
    {
        var records = new List<KinesisRecord>();
        var cbor = new CborReader(_page, CborConformanceMode.Lax);
        for (cbor.ReadStartMap(); cbor.PeekState() != CborReaderState.EndMap;)
        {
            if (cbor.ReadTextString() != "Records")
            {
                cbor.SkipValue();
                continue;
            }

            for (cbor.ReadStartArray(); cbor.PeekState() != CborReaderState.EndArray;)
            {
                records.Add(ReadRecord(cbor));
            }

            cbor.ReadEndArray();
        }

        cbor.ReadEndMap();
        return records.Count;
    }

    [Benchmark]
    public int Ours() => GetRecordsCodec.Decode(_page).Records.Length;

    private static KinesisRecord ReadRecord(CborReader cbor)
    {
        var record = default(KinesisRecord);
        for (cbor.ReadStartMap(); cbor.PeekState() != CborReaderState.EndMap;)
        {
            switch (cbor.ReadTextString())
            {
                case "SequenceNumber":
                    record = record with { SequenceNumber = cbor.ReadTextString() };
                    break;
                case "PartitionKey":
                    record = record with { PartitionKey = cbor.ReadDefiniteLengthTextStringBytes() };
                    break;
                case "Data":
                    record = record with { Data = cbor.ReadDefiniteLengthByteString() };
                    break;
                case "ApproximateArrivalTimestamp":
                    cbor.ReadTag();
                    record = record with { ArrivalTime = DateTimeOffset.FromUnixTimeMilliseconds(cbor.ReadInt64()) };
                    break;
                default:
                    cbor.SkipValue();
                    break;
            }
        }

        cbor.ReadEndMap();
        return record;
    }
}
