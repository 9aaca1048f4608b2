using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using CsCheck;
using DataProcessor.Aws.EventStream;
using Xunit;
using Foreign = Amazon.Runtime.EventStreams;

namespace DataProcessor.Unit.Aws;

/// <summary>Against messages that AWSSDK.Core's encoder wrote.</summary>
public sealed class EventMessageReaderTests
{
    private static readonly Gen<string> Text = Gen.String[1, 40].Where(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text);

    private static readonly Gen<Foreign.IEventStreamHeader> Header = Gen.Select(Text, Gen.OneOf<Action<Foreign.EventStreamHeader>>(
        Gen.Bool.Select(value => new Action<Foreign.EventStreamHeader>(header => header.SetBool(value))),
        Gen.SByte.Select(value => new Action<Foreign.EventStreamHeader>(header => header.SetSByte(value))),
        Gen.Short.Select(value => new Action<Foreign.EventStreamHeader>(header => header.SetInt16(value))),
        Gen.Int.Select(value => new Action<Foreign.EventStreamHeader>(header => header.SetInt32(value))),
        Gen.Long.Select(value => new Action<Foreign.EventStreamHeader>(header => header.SetInt64(value))),
        Gen.Byte.Array[0, 300].Select(value => new Action<Foreign.EventStreamHeader>(header => header.SetByteBuf(value))),
        Gen.String.Select(value => new Action<Foreign.EventStreamHeader>(header => header.SetString(value))),
        Gen.DateTime.Utc.Select(value => new Action<Foreign.EventStreamHeader>(header => header.SetTimestamp(value))),
        Gen.Guid.Select(value => new Action<Foreign.EventStreamHeader>(header => header.SetUUID(value)))))
        .Select((name, set) =>
        {
            var header = new Foreign.EventStreamHeader(name);
            set(header);
            return (Foreign.IEventStreamHeader)header;
        });

    private static readonly Gen<Foreign.EventStreamMessage> Message = Gen.Select(
        HeadersOf(0, 6), Gen.OneOf(Gen.Byte.Array[0, 100], Gen.Byte.Array[0, 20_000]))
        .Select((headers, payload) => new Foreign.EventStreamMessage(headers, payload));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_what_a_foreign_encoder_wrote_wherever_the_connection_splits_it() =>
        await Gen.Select(Message.Array[0, 5], Gen.Int[1, 3_000].Array[1, 8]).SampleAsync(async (messages, splits) =>
        {
            byte[] wire = [.. messages.SelectMany(message => message.ToByteArray())];
            var reader = new EventMessageReader(new SplitStream(wire, splits));

            foreach (var expected in messages)
            {
                var message = Assert.NotNull(await reader.ReadAsync(Cancellation));
                Assert.Equal(expected.Payload, message.Payload.ToArray());
                AssertHas(expected.Headers.Values, message);
            }

            Assert.Null(await reader.ReadAsync(Cancellation));
        });

    [Fact]
    public async Task Reads_no_byte_beyond_the_message_that_was_asked_for()
    {
        var first = new Foreign.EventStreamMessage([], new byte[100]);
        using var stream = new MemoryStream([.. first.ToByteArray(), .. first.ToByteArray()]);

        await new EventMessageReader(stream).ReadAsync(Cancellation);

        Assert.Equal(first.ToByteArray().Length, stream.Position);
    }

    /// <summary>The empty message of the format's published test vectors.</summary>
    [Fact]
    public async Task Reads_the_published_example()
    {
        var message = Assert.NotNull(await ReadAsync(Convert.FromHexString("000000100000000005c248eb7d98c8ff")));

        Assert.Equal((0, 0), (message.Headers.Length, message.Payload.Length));
    }

    [Fact]
    public async Task Every_flipped_bit_is_noticed() => await Message.SampleAsync(
        async message =>
        {
            var wire = message.ToByteArray();
            for (var bit = 0; bit < wire.Length * 8; bit++)
            {
                wire[bit / 8] ^= (byte)(1 << (bit % 8));
                await Assert.ThrowsAsync<EventStreamFormatException>(() => ReadAsync(wire));
                wire[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        },
        iter: 1,
        threads: 1);

    [Fact]
    public async Task A_stream_that_ends_inside_a_message_is_told_from_one_that_ends_after_it()
    {
        var header = new Foreign.EventStreamHeader("name");
        header.SetString("value");
        var wire = new Foreign.EventStreamMessage([header], "payload"u8.ToArray()).ToByteArray();

        Assert.Null(await ReadAsync([]));
        for (var length = 1; length < wire.Length; length++)
        {
            await Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync(wire[..length]));
        }
    }

    [Theory]
    [InlineData(uint.MaxValue, 0u)]
    [InlineData((uint)MessagePrelude.Framing + MessagePrelude.MaxPayloadLength + 1, 0u)]
    [InlineData((uint)MessagePrelude.MaxHeadersLength + 1_000, (uint)MessagePrelude.MaxHeadersLength + 1)]
    [InlineData((uint)MessagePrelude.Framing + 10, 11u)]
    [InlineData((uint)MessagePrelude.Framing + 10, uint.MaxValue)]
    [InlineData((uint)MessagePrelude.Framing - 1, 0u)]
    [InlineData(0u, 0u)]
    public async Task Lengths_that_no_message_has_are_refused_before_a_buffer_is_taken(uint total, uint headers)
    {
        var prelude = new byte[MessagePrelude.Length];
        WritePrelude(prelude, total, headers);

        // With a buffer, the reader would ask for more and find the stream's end instead.
        await Assert.ThrowsAsync<EventStreamFormatException>(() => ReadAsync(prelude));
    }

    [Fact]
    public async Task The_largest_message_is_read()
    {
        var wire = new Foreign.EventStreamMessage([], new byte[MessagePrelude.MaxPayloadLength]).ToByteArray();

        var message = Assert.NotNull(await ReadAsync(wire));

        Assert.Equal(MessagePrelude.MaxPayloadLength, message.Payload.Length);
    }

    /// <summary>
    /// Right checksums around any bytes: a refusal, or headers that the foreign decoder, which lets more pass, finds too.
    /// </summary>
    [Fact]
    public async Task Headers_that_lie_are_refused_and_others_not()
    {
        (var accepted, var refused) = (0, 0);
        await Gen.OneOf(
            Gen.Byte.Array[0, 40],
            HeadersOf(1, 3).Select(WireOf),
            Gen.Select(HeadersOf(1, 3).Select(WireOf), Gen.Int[1, 3]).Select((wire, missing) => wire[..^missing])).SampleAsync(async headers =>
        {
            var wire = WithChecksums(headers);
            var message = Assert.NotNull(await ReadAsync(wire));
            try
            {
                message.Text("any"u8);
            }
            catch (EventStreamFormatException)
            {
                Interlocked.Increment(ref refused);
                return;
            }

            AssertHas(Foreign.EventStreamMessage.FromBuffer(wire, 0, wire.Length).Headers.Values, message);
            Interlocked.Increment(ref accepted);
        });

        Assert.True(accepted > 0 && refused > 0);
    }

    private static async Task<EventMessage?> ReadAsync(byte[] wire) =>
        await new EventMessageReader(new MemoryStream(wire)).ReadAsync(Cancellation);

    private static void AssertHas(IEnumerable<Foreign.IEventStreamHeader> expected, in EventMessage message)
    {
        var headers = new HeaderReader(message.Headers.Span);
        var left = expected.ToDictionary(header => header.Name);
        while (headers.MoveNext())
        {
            Assert.True(left.Remove(Encoding.UTF8.GetString(headers.Name), out var header));
            Assert.Equal((int)header.HeaderType, (int)headers.Type);
            var wire = WireOf([header]);
            var lengthBytes = headers.Type is HeaderType.String or HeaderType.Bytes ? 2 : 0;
            Assert.Equal(wire.Length, 1 + headers.Name.Length + 1 + lengthBytes + headers.Value.Length);
            Assert.Equal(wire[^headers.Value.Length..], headers.Value.ToArray());
            if (headers.Type is HeaderType.String)
            {
                Assert.Equal(header.AsString(), message.Text(headers.Name));
            }
        }

        Assert.Empty(left);
    }

    private static Gen<List<Foreign.IEventStreamHeader>> HeadersOf(int least, int most) =>
        Header.List[least, most].Where(headers => headers.DistinctBy(header => header.Name).Count() == headers.Count);

    private static byte[] WireOf(IEnumerable<Foreign.IEventStreamHeader> headers) => [.. headers.SelectMany(header =>
    {
        var wire = new byte[header.GetWireSize()];
        header.WriteToBuffer(wire, 0);
        return wire;
    })];

    private static byte[] WithChecksums(byte[] headers)
    {
        var wire = new byte[MessagePrelude.Framing + headers.Length];
        WritePrelude(wire, (uint)wire.Length, (uint)headers.Length);
        headers.CopyTo(wire, MessagePrelude.Length);
        BinaryPrimitives.WriteUInt32BigEndian(wire.AsSpan()[^4..], Crc32.HashToUInt32(wire.AsSpan()[..^4]));
        return wire;
    }

    private static void WritePrelude(Span<byte> wire, uint total, uint headers)
    {
        BinaryPrimitives.WriteUInt32BigEndian(wire, total);
        BinaryPrimitives.WriteUInt32BigEndian(wire[4..], headers);
        BinaryPrimitives.WriteUInt32BigEndian(wire[8..], Crc32.HashToUInt32(wire[..8]));
    }

    /// <summary>Gives at most so many bytes to a read, in turn.</summary>
    private sealed class SplitStream(byte[] bytes, int[] splits) : MemoryStream(bytes)
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, splits[_reads++ % splits.Length])], cancellationToken);
    }
}
