using System.Formats.Cbor;
using BenchmarkDotNet.Attributes;
using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Benchmarks;

/// <summary>The body of PutRecords: ours, and the base library's writer into a buffer that it keeps.</summary>
[MemoryDiagnoser]
public class CborEncodeBenchmark
{
    private const string Stream = "data-processing-stream";
    private const string HashKey = "16955237001963240173058271559858726497";

    private readonly CborWriter _baseLibrary = new(CborConformanceMode.Lax);
    private readonly byte[] _copy = new byte[2 * 1024 * 1024];
    private PutRecordsEntry[] _records = [];

    [Params(PageShape.FourOf250KB, PageShape.FiveHundredOf200B)]
    public PageShape Call { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var (count, size) = Call == PageShape.FourOf250KB ? (4, 250_000) : (500, 200);
        _records = [.. Enumerable.Range(0, count).Select(i => new PutRecordsEntry($"customer-{i}", HashKey, new byte[size]))];
    }

    [Benchmark(Baseline = true)]
    public int BaseLibrary()
    {
        var cbor = _baseLibrary;
        cbor.Reset();
        cbor.WriteStartMap(2);
        cbor.WriteTextString("StreamName");
        cbor.WriteTextString(Stream);
        cbor.WriteTextString("Records");
        cbor.WriteStartArray(_records.Length);
        foreach (ref readonly var record in _records.AsSpan())
        {
            cbor.WriteStartMap(3);
            cbor.WriteTextString("Data");
            cbor.WriteByteString(record.Data.Span);
            cbor.WriteTextString("PartitionKey");
            cbor.WriteTextString(record.PartitionKey);
            cbor.WriteTextString("ExplicitHashKey");
            cbor.WriteTextString(record.ExplicitHashKey!);
            cbor.WriteEndMap();
        }

        cbor.WriteEndArray();
        cbor.WriteEndMap();
        return cbor.Encode(_copy);
    }

    [Benchmark]
    public int Ours()
    {
        using var body = PutRecordsCodec.Encode(Stream, _records);
        return body.Length;
    }
}
