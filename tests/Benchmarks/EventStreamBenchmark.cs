using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Amazon.Runtime.EventStreams.Internal;
using BenchmarkDotNet.Attributes;
using DataProcessor.Aws.EventStream;
using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Benchmarks;

/// <summary>
/// A pushed event from its bytes to its records. The checksum over all of it has to be computed: that is the baseline. Amazon's
/// own decoder, in AWSSDK.Core, stops at the message, without the CBOR inside.
/// </summary>
[MemoryDiagnoser]
public class EventStreamBenchmark
{
    private byte[] _message = [];

    [Params(PageShape.FourOf250KB, PageShape.FiveHundredOf200B)]
    public PageShape Event { get; set; }

    [GlobalSetup]
    public void Setup() => _message = Frame(
        [(":message-type", "event"), (":event-type", "SubscribeToShardEvent"), (":content-type", "application/x-amz-cbor-1.1")],
        Pages.Encode(Event, "ContinuationSequenceNumber"));

    [Benchmark(Baseline = true)]
    public uint ChecksumAlone() => Crc32.HashToUInt32(_message);

    [Benchmark]
    public async Task<int> Message()
    {
        using var stream = new MemoryStream(_message);
        return (await new EventMessageReader(stream).ReadAsync(CancellationToken.None))!.Value.Payload.Length;
    }

    [Benchmark]
    public async Task<int> MessageAndRecords()
    {
        using var stream = new MemoryStream(_message);
        var message = (await new EventMessageReader(stream).ReadAsync(CancellationToken.None))!.Value;
        return SubscribeToShardCodec.Decode(message, "request")!.Records.Length;
    }

    [Benchmark]
    public int AmazonsMessage()
    {
        var length = 0;
        using var decoder = new EventStreamDecoder();
        decoder.MessageReceived += (_, received) => length = received.Message.Payload.Length;
        decoder.ProcessData(_message, 0, _message.Length);
        return length;
    }

    private static byte[] Frame((string Name, string Value)[] headers, byte[] payload)
    {
        var length = MessagePrelude.Framing + payload.Length + headers.Sum(header => 4 + header.Name.Length + header.Value.Length);
        var message = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(message, length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), length - MessagePrelude.Framing - payload.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Crc32.HashToUInt32(message.AsSpan(0, 8)));
        var position = MessagePrelude.Length;
        foreach (var (name, value) in headers)
        {
            message[position++] = (byte)name.Length;
            position += Encoding.ASCII.GetBytes(name, message.AsSpan(position));
            message[position++] = (byte)HeaderType.String;
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(position), (ushort)value.Length);
            position += 2 + Encoding.ASCII.GetBytes(value, message.AsSpan(position + 2));
        }

        payload.CopyTo(message, position);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(length - 4), Crc32.HashToUInt32(message.AsSpan(0, length - 4)));
        return message;
    }
}
