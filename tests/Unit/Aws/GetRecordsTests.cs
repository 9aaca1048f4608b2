using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CsCheck;
using DataProcessor.Aws.Kinesis;
using Xunit;
using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

public sealed class GetRecordsTests
{
    /// <summary>How the same page can come over the wire.</summary>
    public enum Answer
    {
        Cbor,
        CborOfIndefiniteLengths,
        CborWithDataInBase64,
        Json,
    }

    private static readonly Gen<WireRecord[]> Pages = Gen.Select(
        Gen.ULong.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Gen.String[1, 256].Where(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text),
        Gen.Byte.Array[0, 2_000],
        Gen.Long[0, 4_000_000_000_000]).Select((number, key, data, ms) => new WireRecord(number, key, data, ms)).Array[0, 20];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Answer.Cbor)]
    [InlineData(Answer.CborOfIndefiniteLengths)]
    [InlineData(Answer.CborWithDataInBase64)]
    [InlineData(Answer.Json)]
    public void Decodes_a_page_however_it_is_written(Answer form) => Pages.Sample(expected =>
    {
        byte[] answer = Encode(expected, form);

        GetRecordsPage page = form is Answer.Json ? GetRecordsJsonCodec.Decode(answer) : GetRecordsCodec.Decode(answer);

        Assert.Equal(expected.Length, page.Records.Length);
        foreach ((WireRecord wanted, KinesisRecord record) in expected.Zip(page.Records))
        {
            Assert.Equal(wanted.SequenceNumber, record.SequenceNumber);
            Assert.Equal(Encoding.UTF8.GetBytes(wanted.PartitionKey), record.PartitionKey.ToArray());
            Assert.Equal(wanted.Data, record.Data.ToArray());
            Assert.Equal(wanted.Milliseconds, record.ArrivalTime.ToUnixTimeMilliseconds());
        }

        Assert.Equal("next", page.NextShardIterator);
        Assert.Equal(77, page.MillisBehindLatest);
        Assert.True(page.Records.Select(BufferOf).Distinct().Count() <= 1, "the records lie in one buffer");
    });

    [Theory]
    [InlineData(Answer.Cbor)]
    [InlineData(Answer.Json)]
    public async Task Reads_a_page_over_the_wire(Answer form)
    {
        WireRecord[] expected = [new("49", "key", "data"u8.ToArray(), 1_700_000_000_123)];

        // The form is told by the first byte: the Content-Type is wrong for one of the two.
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Bytes(200, "application/x-amz-cbor-1.1", Encode(expected, form)));
        using KinesisClient client = server.CreateClient();

        GetRecordsPage page = await client.GetRecordsAsync("iterator", 100, Cancellation);

        Assert.Equal("data"u8.ToArray(), Assert.Single(page.Records).Data.ToArray());
        Assert.True(server.Arrivals.TryPeek(out Arrival? arrival));
        var request = new Foreign.CborReader(arrival.Body);
        request.ReadStartMap();
        Assert.Equal(
            ["ShardIterator", "iterator", "Limit", "100"],
            [request.ReadTextString(), request.ReadTextString(), request.ReadTextString(), $"{request.ReadInt32()}"]);
    }

    [Fact]
    public async Task The_end_of_a_closed_shard_is_a_page_without_iterator()
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Json(200, """{"Records":[],"NextShardIterator":null,"ChildShards":[{"ShardId":"x"}]}"""));
        using KinesisClient client = server.CreateClient();

        Assert.Null((await client.GetRecordsAsync("iterator", 1, Cancellation)).NextShardIterator);
    }

    [Theory]
    [InlineData("<html>captive portal</html>")]
    [InlineData("""{"Records":[{"Data":"!"}]}""")]
    [InlineData("""{"Records":7}""")]
    [InlineData("""{"Records":[],"MillisBehindLatest":"x"}""")]
    [InlineData("{\"Records\":[")]
    [InlineData("{}")]
    [InlineData("")]
    public async Task An_answer_that_cannot_be_read_is_an_error_of_its_own(string body)
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, body));
        using KinesisClient client = server.CreateClient();

        var error = await Assert.ThrowsAsync<KinesisException>(
            async () => await client.GetRecordsAsync("iterator", 1, Cancellation));

        Assert.Equal("InvalidResponse", error.ErrorCode);
        Assert.Single(server.Arrivals);
    }

    [Fact]
    public async Task An_oversize_answer_is_refused_whether_announced_or_not()
    {
        byte[] tooLong = new byte[KinesisOperation.GetRecords.MaxResponseBytes + 1];
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Bytes(200, "application/x-amz-cbor-1.1", tooLong),
            context => context.Response.Body.WriteAsync(tooLong, context.RequestAborted).AsTask());
        using KinesisClient client = server.CreateClient();

        for (int i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<KinesisException>(
                async () => await client.GetRecordsAsync("iterator", 1, Cancellation));
            Assert.Equal("ResponseTooLarge", error.ErrorCode);
        }
    }

    [Fact]
    public async Task A_page_sent_in_chunks_is_read_to_its_end()
    {
        WireRecord[] expected = [new("1", "a", new byte[100_000], 5), new("2", "b", new byte[300_000], 6)];
        byte[] body = Encode(expected, Answer.Cbor);
        await using var server = await LoopbackKinesis.StartAsync(async context =>
        {
            foreach (byte[] chunk in body.Chunk(9_999))
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        });
        using KinesisClient client = server.CreateClient();

        GetRecordsPage page = await client.GetRecordsAsync("iterator", 10, Cancellation);

        Assert.Equal([100_000, 300_000], page.Records.Select(record => record.Data.Length));
    }

    private static byte[]? BufferOf(KinesisRecord record) =>
        MemoryMarshal.TryGetArray(record.PartitionKey, out ArraySegment<byte> segment) ? segment.Array : null;

    private static byte[] Encode(WireRecord[] records, Answer form)
    {
        if (form is Answer.Json)
        {
            return JsonSerializer.SerializeToUtf8Bytes(new
            {
                MillisBehindLatest = 77,
                EncryptionType = "NONE",
                NextShardIterator = "next",
                Records = records.Select(record => new
                {
                    record.Data,
                    record.PartitionKey,
                    record.SequenceNumber,
                    ApproximateArrivalTimestamp = record.Milliseconds / 1_000m,
                }),
            });
        }

        bool isIndefinite = form is Answer.CborOfIndefiniteLengths;
        var writer = new Foreign.CborWriter(convertIndefiniteLengthEncodings: false);
        writer.WriteStartMap(isIndefinite ? null : 4);
        writer.WriteTextString("EncryptionType");
        writer.WriteTextString("NONE");
        writer.WriteTextString("Records");
        writer.WriteStartArray(isIndefinite ? null : records.Length);
        foreach (WireRecord record in records)
        {
            record.Write(writer, form);
        }

        writer.WriteEndArray();
        writer.WriteTextString("NextShardIterator");
        writer.WriteTextString("next");
        writer.WriteTextString("MillisBehindLatest");
        writer.WriteInt64(77);
        writer.WriteEndMap();
        return writer.Encode();
    }

    private sealed record WireRecord(string SequenceNumber, string PartitionKey, byte[] Data, long Milliseconds)
    {
        public void Write(Foreign.CborWriter writer, Answer form)
        {
            bool isIndefinite = form is Answer.CborOfIndefiniteLengths;
            writer.WriteStartMap(isIndefinite ? null : 4);
            writer.WriteTextString("SequenceNumber");
            writer.WriteTextString(SequenceNumber);
            writer.WriteTextString("ApproximateArrivalTimestamp");
            writer.WriteTag(Foreign.CborTag.UnixTimeSeconds);
            writer.WriteInt64(Milliseconds);
            writer.WriteTextString("Data");
            if (isIndefinite)
            {
                writer.WriteStartIndefiniteLengthByteString();
                writer.WriteByteString(Data.AsSpan(0, Data.Length / 3));
                writer.WriteByteString(Data.AsSpan(Data.Length / 3));
                writer.WriteEndIndefiniteLengthByteString();
            }
            else if (form is Answer.CborWithDataInBase64)
            {
                writer.WriteTextString(Convert.ToBase64String(Data));
            }
            else
            {
                writer.WriteByteString(Data);
            }

            writer.WriteTextString("PartitionKey");
            writer.WriteTextString(PartitionKey);
            writer.WriteEndMap();
        }
    }
}
