using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Benchmarks;

/// <summary>
/// NDJSON of 500 records of 200 bytes, as the gateway frames it: JSON, unescaping, the MD5 of the key. The baseline is the
/// base library's document of each line and the same two strings out of it, without any framing.
/// </summary>
[MemoryDiagnoser]
public class JsonBenchmark
{
    private const int Records = 500;

    private readonly RecordParser _parser = new(maxRecords: 10_000, maxRecordBytes: 1024 * 1024);
    private byte[] _lines = [];
    private byte[] _line = [];

    [Params(Keys.None, Keys.Hundred)]
    public Keys Keys { get; set; }

    /// <summary>Whether the text has characters that JSON escapes: one in ten.</summary>
    [Params(false, true)]
    public bool Escaped { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var text = string.Concat(Enumerable.Range(0, UserRecords.DataSize).Select(i => Escaped && i % 10 == 0 ? "\\n" : "x"));
        string[] lines = [.. Enumerable.Range(0, Records).Select(i => Keys == Keys.None
            ? $$"""{"data":"{{text}}"}"""
            : $$"""{"data":"{{text}}","partitionKey":"customer-{{i % 100}}"}""")];
        _lines = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        _line = Encoding.UTF8.GetBytes(lines[0]);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Records)]
    public int BaseLibrary()
    {
        var length = 0;
        var lines = _lines.AsMemory();
        foreach (var range in _lines.AsSpan().Split((byte)'\n'))
        {
            using var record = JsonDocument.Parse(lines[range]);
            length += record.RootElement.GetProperty("data"u8).GetString()!.Length;
            length += record.RootElement.TryGetProperty("partitionKey"u8, out var key) ? key.GetString()!.Length : 0;
        }

        return length;
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public int Lines()
    {
        using var records = new IncomingRecords();
        _parser.Parse(_lines, BodyFormat.Lines, records);
        return records.Count;
    }

    [Benchmark]
    public int OneDocument()
    {
        using var records = new IncomingRecords();
        _parser.Parse(_line, BodyFormat.Json, records);
        return records.Count;
    }
}
