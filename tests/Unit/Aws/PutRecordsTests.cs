using System.Text;
using CsCheck;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Transport;
using Xunit;
using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

public sealed class PutRecordsTests
{
    private static readonly PutRecordsEntry[] TwoRecords =
    [
        new("key", null, "one"u8.ToArray()),
        new("ключ", "340282366920938463463374607431768211455", "two"u8.ToArray()),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Encodes_a_request_that_a_foreign_reader_understands() => Gen.Select(
        Gen.String[1, 256].Where(IsText), Gen.String[1, 39].Where(IsText).Null(), Gen.Byte.Array[0, 2_000])
        .Select((key, hashKey, data) => new PutRecordsEntry(key, hashKey, data)).Array[1, 20].Sample(records =>
    {
        using var body = PutRecordsCodec.Encode("s", records);

        var reader = new Foreign.CborReader(body.Bytes, Foreign.CborConformanceMode.Strict);
        reader.ReadStartMap();
        Assert.Equal("StreamName", reader.ReadTextString());
        Assert.Equal("s", reader.ReadTextString());
        Assert.Equal("Records", reader.ReadTextString());
        Assert.Equal(records.Length, reader.ReadStartArray());
        foreach (var record in records)
        {
            Assert.Equal(record.ExplicitHashKey is null ? 2 : 3, reader.ReadStartMap());
            Assert.Equal("Data", reader.ReadTextString());
            Assert.Equal(record.Data.ToArray(), reader.ReadByteString());
            Assert.Equal("PartitionKey", reader.ReadTextString());
            Assert.Equal(record.PartitionKey, reader.ReadTextString());
            if (record.ExplicitHashKey is not null)
            {
                Assert.Equal("ExplicitHashKey", reader.ReadTextString());
                Assert.Equal(record.ExplicitHashKey, reader.ReadTextString());
            }

            reader.ReadEndMap();
        }

        reader.ReadEndArray();
        reader.ReadEndMap();
        Assert.Equal(0, reader.BytesRemaining);
    });

    [Fact]
    public async Task Tells_of_each_record_what_became_of_it()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Cbor(200, WriteMixedResults));
        using var client = server.CreateClient();

        var results = await client.PutRecordsAsync("s", TwoRecords, Cancellation);

        Assert.Equal(
            [
                new PutRecordsResultEntry("shardId-000000000000", "49", null, null),
                new PutRecordsResultEntry(null, null, "ProvisionedThroughputExceededException", "Rate exceeded"),
            ],
            results);
        Assert.True(server.Arrivals.TryPeek(out var arrival));
        Assert.Equal("Kinesis_20131202.PutRecords", arrival.Target);
        Assert.Equal("application/x-amz-cbor-1.1", arrival.Headers["content-type"]);
    }

    [Fact]
    public async Task Understands_an_answer_in_JSON()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, """
            {"FailedRecordCount":1,"EncryptionType":"NONE","Records":[
              {"SequenceNumber":"49","ShardId":"shardId-000000000000"},
              {"ErrorCode":"InternalFailure","ErrorMessage":"no"}]}
            """));
        using var client = server.CreateClient();

        var results = await client.PutRecordsAsync("s", TwoRecords, Cancellation);

        Assert.Equal("49", results[0].SequenceNumber);
        Assert.True(results[0].IsStored);
        Assert.Equal("InternalFailure", results[1].ErrorCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    public async Task Refuses_a_call_without_records_or_with_too_many(int count)
    {
        using var client = LoopbackKinesis.CreateClient(new Uri("http://127.0.0.1:1/"));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await client.PutRecordsAsync("s", new PutRecordsEntry[count], Cancellation));
    }

    [Fact]
    public async Task An_answer_for_another_number_of_records_leaves_the_outcome_unknown()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Cbor(200, WriteMixedResults));
        using var client = server.CreateClient();

        var error = await Assert.ThrowsAsync<KinesisException>(
            async () => await client.PutRecordsAsync("s", TwoRecords.AsMemory(1), Cancellation));

        Assert.True(error.IsOutcomeUnknown);
        Assert.Contains("1 records were sent, 2 results came back", error.Message, StringComparison.Ordinal);
    }

    // Text with lone surrogates has no UTF-8 form.
    private static bool IsText(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;

    private static void WriteMixedResults(Foreign.CborWriter writer)
    {
        writer.WriteStartMap(3);
        writer.WriteTextString("FailedRecordCount");
        writer.WriteInt32(1);
        writer.WriteTextString("Records");
        writer.WriteStartArray(null);
        writer.WriteStartMap(4);
        WriteText(writer, "SequenceNumber", "49");
        WriteText(writer, "ShardId", "shardId-000000000000");
        WriteText(writer, "ErrorCode", null);
        WriteText(writer, "AddedNextYear", "?");
        writer.WriteEndMap();
        writer.WriteStartMap(2);
        WriteText(writer, "ErrorCode", "ProvisionedThroughputExceededException");
        WriteText(writer, "ErrorMessage", "Rate exceeded");
        writer.WriteEndMap();
        writer.WriteEndArray();
        WriteText(writer, "EncryptionType", "NONE");
        writer.WriteEndMap();
    }

    private static void WriteText(Foreign.CborWriter writer, string name, string? value)
    {
        writer.WriteTextString(name);
        if (value is null)
        {
            writer.WriteNull();
        }
        else
        {
            writer.WriteTextString(value);
        }
    }
}
