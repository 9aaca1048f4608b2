using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Aggregation;

namespace DataProcessor.Benchmarks;

/// <summary>
/// An aggregate of about 250 KB taken apart into user records of 200 bytes. Every reader has to check its MD5: that is the
/// baseline. Ours carries its lowest and highest hash key; of KPL's each key has to be hashed.
/// </summary>
[MemoryDiagnoser]
public class AggregateReadBenchmark
{
    private const int Records = UserRecords.PerAggregate;
    private const int MaxSize = 512 * 1024;

    private readonly AggregateReader _reader = new(new(HashKey.Min, HashKey.Max), streamEpoch: 0);
    private readonly ArrayBufferWriter<UserRecordSlot> _slots = new();
    private KinesisRecord _ours;
    private KinesisRecord _kpls;

    [Params(Keys.None, Keys.Hundred, Keys.Distinct)]
    public Keys Keys { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var frames = UserRecords.Frames(Records, Keys);
        _ours = Write(frames, new AggregateWriter(10_000, incarnation: 1));
        _kpls = Write(frames, new AggregateWriter(10_000, AggregateFormat.KplOuterPartitionKey));
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Records)]
    public int Md5()
    {
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        return MD5.HashData(_ours.Data.Span[AggregateFormat.MagicSize..^AggregateFormat.DigestSize], digest);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public int Ours() => Read(_ours);

    [Benchmark(OperationsPerInvoke = Records)]
    public int Kpls() => Read(_kpls);

    private int Read(in KinesisRecord record)
    {
        _slots.ResetWrittenCount();
        return _reader.Read(record, parent: 0, _slots).Total;
    }

    private static KinesisRecord Write(byte[] frames, AggregateWriter writer)
    {
        using (writer)
        {
            for (var offset = 0; offset < frames.Length;)
            {
                offset += writer.Add(frames.AsMemory(offset), MaxSize);
            }

            var entry = writer.Finish(counter: 0);
            return new("1", Encoding.UTF8.GetBytes(entry.PartitionKey), entry.Data.ToArray(), default);
        }
    }
}
