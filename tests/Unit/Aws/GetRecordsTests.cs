using System.Runtime.InteropServices;
using CsCheck;
using DataProcessor.Aws.Kinesis;
using Xunit;
using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

public sealed class GetRecordsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WireForm.Cbor)]
    [InlineData(WireForm.CborOfIndefiniteLengths)]
    [InlineData(WireForm.CborWithDataInBase64)]
    [InlineData(WireForm.Json)]
    public void Decodes_a_page_however_it_is_written(WireForm form) => WirePage.Any.Sample(expected =>
    {
        var page = GetRecordsCodec.Decode(expected.Encode(form, "NextShardIterator"));

        expected.AssertHas(page.Records);
        Assert.Equal(expected.Cursor, page.NextShardIterator);
        Assert.Equal(expected.MillisBehindLatest, page.MillisBehindLatest);
        Assert.Equivalent(expected.ChildShards, page.ChildShards, strict: true);
        Assert.True(page.Records.Select(BufferOf).Distinct().Count() <= 1, "the records lie in one buffer");
    });

    [Theory]
    [InlineData(WireForm.Cbor)]
    [InlineData(WireForm.Json)]
    public async Task Reads_a_page_over_the_wire(WireForm form)
    {
        WirePage expected = new([new("49", "key", "data"u8.ToArray(), 1_700_000_000_123)], "next", 0, []);

        // The form is told by the first byte: the Content-Type is wrong for one of the two.
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Bytes(200, "application/x-amz-cbor-1.1", expected.Encode(form, "NextShardIterator")));
        using var client = server.CreateClient();

        var page = await client.GetRecordsAsync("iterator", 100, Cancellation);

        Assert.Equal("data"u8.ToArray(), Assert.Single(page.Records).Data.ToArray());
        Assert.True(server.Arrivals.TryPeek(out var arrival));
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
            LoopbackKinesis.Json(200, """
                {"Records":[],"NextShardIterator":null,"MillisBehindLatest":0,"ChildShards":[
                {"ShardId":"c","ParentShards":["p"],"HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"9"}}]}
                """));
        using var client = server.CreateClient();

        var page = await client.GetRecordsAsync("iterator", 1, Cancellation);

        Assert.Null(page.NextShardIterator);
        Assert.Equal("c", Assert.Single(page.ChildShards).ShardId);
    }

    [Theory]
    [InlineData("<html>captive portal</html>")]
    [InlineData("""{"Records":[{"Data":"!"}]}""")]
    [InlineData("""{"Records":7}""")]
    [InlineData("""{"Records":[],"MillisBehindLatest":"x"}""")]
    [InlineData("""{"Records":[],"ChildShards":[{"ShardId":"c"}]}""")]
    [InlineData("{\"Records\":[")]
    [InlineData("{}")]
    [InlineData("")]
    public async Task An_answer_that_cannot_be_read_is_an_error_of_its_own(string body)
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, body));
        using var client = server.CreateClient();

        var error = await Assert.ThrowsAsync<KinesisException>(
            async () => await client.GetRecordsAsync("iterator", 1, Cancellation));

        Assert.Equal("InvalidResponse", error.ErrorCode);
        Assert.Single(server.Arrivals);
    }

    [Fact]
    public async Task An_oversize_answer_is_refused_whether_announced_or_not()
    {
        var tooLong = new byte[KinesisOperation.GetRecords.MaxResponseBytes + 1];
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Bytes(200, "application/x-amz-cbor-1.1", tooLong),
            context => context.Response.Body.WriteAsync(tooLong, context.RequestAborted).AsTask());
        using var client = server.CreateClient();

        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<KinesisException>(
                async () => await client.GetRecordsAsync("iterator", 1, Cancellation));
            Assert.Equal("ResponseTooLarge", error.ErrorCode);
        }
    }

    [Fact]
    public async Task A_page_sent_in_chunks_is_read_to_its_end()
    {
        WirePage expected = new([new("1", "a", new byte[100_000], 5), new("2", "b", new byte[300_000], 6)], "next", 0, []);
        var body = expected.Encode(WireForm.Cbor, "NextShardIterator");
        await using var server = await LoopbackKinesis.StartAsync(async context =>
        {
            foreach (var chunk in body.Chunk(9_999))
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        });
        using var client = server.CreateClient();

        var page = await client.GetRecordsAsync("iterator", 10, Cancellation);

        Assert.Equal([100_000, 300_000], page.Records.Select(record => record.Data.Length));
    }

    private static byte[]? BufferOf(KinesisRecord record) =>
        MemoryMarshal.TryGetArray(record.PartitionKey, out var segment) ? segment.Array : null;
}
