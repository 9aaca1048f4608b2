using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using DataProcessor.Grains.Aggregation;

namespace DataProcessor.Benchmarks;

/// <summary>
/// A 200-byte record on its way from a put's buffer into an aggregate of about 250 KB. Nobody can do without copying the
/// data once and hashing the whole: that is the baseline.
/// </summary>
[MemoryDiagnoser]
public class AggregateWriteBenchmark : IDisposable
{
    private const int Records = UserRecords.PerAggregate;
    private const int MaxSize = 512 * 1024;

    private readonly AggregateWriter _writer = new(10_000, incarnation: 1);
    private readonly byte[] _copy = new byte[MaxSize];
    private byte[] _frames = [];

    [Params(Keys.None, Keys.Hundred, Keys.Distinct)]
    public Keys Keys { get; set; }

    [GlobalSetup]
    public void Setup() => _frames = UserRecords.Frames(Records, Keys);

    [Benchmark(Baseline = true, OperationsPerInvoke = Records)]
    public int CopyAndMd5()
    {
        var length = 0;
        for (var offset = 0; offset < _frames.Length;)
        {
            var frame = RecordFrame.Read(_frames.AsSpan(offset));
            frame.Data.CopyTo(_copy.AsSpan(length));
            length += frame.Data.Length;
            offset += frame.Length;
        }

        return MD5.HashData(_copy.AsSpan(0, length), _copy.AsSpan(length));
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public int Add() => AddAll();

    [Benchmark(OperationsPerInvoke = Records)]
    public int AddAndFinish()
    {
        AddAll();
        return _writer.Finish(counter: 0).Data.Length;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _writer.Dispose();
    }

    private int AddAll()
    {
        _writer.Clear();
        for (var offset = 0; offset < _frames.Length;)
        {
            offset += _writer.Add(_frames.AsMemory(offset), MaxSize);
        }

        return _writer.Count;
    }
}
