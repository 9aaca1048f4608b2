using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Amazon.Runtime;
using BenchmarkDotNet.Attributes;
using DataProcessor.Aws.Cbor;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Aggregation;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Benchmarks;

/// <summary>
/// What a 200-byte record costs the producer's CPU on its way from a put's buffer to the wire: four aggregates of 250 KB
/// to a PutRecords call of 1 MB. The goal is 2 µs for all of it.
/// </summary>
[MemoryDiagnoser]
public class ProducerBenchmark : IDisposable
{
    private const int Aggregates = 4;
    private const int RecordsPerAggregate = 1200;
    private const int Records = Aggregates * RecordsPerAggregate;

    private readonly AggregateWriter[] _writers = [.. Enumerable.Range(0, Aggregates).Select(i => new AggregateWriter(10_000, incarnation: (ulong)i))];
    private readonly PutRecordsEntry[] _entries = new PutRecordsEntry[Aggregates];
    private byte[] _frames = [];
    private KinesisClient _client = null!;

    [GlobalSetup]
    public void Setup()
    {
        _frames = UserRecords.Frames(RecordsPerAggregate, Keys.Hundred);
        _client = new(
            new() { Endpoint = new("http://127.0.0.1/") },
            new BasicAWSCredentials("key", "secret"),
            new AnswersAtOnce(),
            TimeProvider.System,
            new Random(1),
            NullLogger<KinesisClient>.Instance);
        _ = Aggregate();
    }

    /// <summary>The part that cannot be avoided: MD5 of the aggregates, SHA-256 of the call.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Records)]
    public int HashingAlone()
    {
        Span<byte> digest = stackalloc byte[32];
        foreach (var entry in _entries)
        {
            MD5.HashData(entry.Data.Span, digest);
            SHA256.HashData(entry.Data.Span, digest);
        }

        return digest[0];
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public int Aggregate()
    {
        for (var i = 0; i < Aggregates; i++)
        {
            var writer = _writers[i];
            writer.Clear();
            for (var offset = 0; offset < _frames.Length;)
            {
                offset += writer.Add(_frames.AsMemory(offset), 1024 * 1024);
            }

            _entries[i] = writer.Finish(0);
        }

        return _entries.Length;
    }

    /// <summary>Aggregate, encode as CBOR, sign, and read the answer; the transport answers at once.</summary>
    [Benchmark(OperationsPerInvoke = Records)]
    public async Task<int> AggregateAndPut()
    {
        Aggregate();
        return (await _client.PutRecordsAsync("stream", _entries, CancellationToken.None)).Length;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _client?.Dispose();
        foreach (var writer in _writers)
        {
            writer.Dispose();
        }
    }

    private sealed class AnswersAtOnce : HttpMessageHandler
    {
        private readonly byte[] _answer = Answer();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            return new(HttpStatusCode.OK)
            {
                Content = new ByteArrayContent(_answer) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-amz-cbor-1.1") } },
            };
        }

        private static byte[] Answer()
        {
            var cbor = new CborWriter(1024);
            cbor.WriteMap(2);
            cbor.WriteText("FailedRecordCount");
            cbor.WriteInteger(0);
            cbor.WriteText("Records");
            cbor.WriteArray(Aggregates);
            for (var i = 0; i < Aggregates; i++)
            {
                cbor.WriteMap(2);
                cbor.WriteText("SequenceNumber");
                cbor.WriteText("49590338271490256608559692538361571095921575989136588898");
                cbor.WriteText("ShardId");
                cbor.WriteText("shardId-000000000000");
            }

            var answer = cbor.Written.ToArray();
            cbor.Dispose();
            return answer;
        }
    }
}
