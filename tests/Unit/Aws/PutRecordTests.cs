using DataProcessor.Aws.Kinesis;
using Microsoft.AspNetCore.Http;
using Xunit;
using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

public sealed class PutRecordTests
{
    private static readonly PutRecordsEntry Record = new("ключ", "12345", "data"u8.ToArray());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null)]
    [InlineData("12345", null)]
    [InlineData("12345", "49")]
    public async Task Puts_a_record_after_another_one(string? hashKey, string? after)
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Cbor(200, WriteResult));
        using var client = server.CreateClient();

        var result = await client.PutRecordAsync("s", Record with { ExplicitHashKey = hashKey }, after, Cancellation);

        Assert.Equal(new PutRecordResult("shardId-000000000000", "50"), result);
        var expected = new Dictionary<string, object?>
        {
            ["StreamName"] = "s",
            ["Data"] = "64617461",
            ["PartitionKey"] = "ключ",
            ["ExplicitHashKey"] = hashKey,
            ["SequenceNumberForOrdering"] = after,
        };
        Assert.Equal(expected.Where(field => field.Value is not null), Read(Assert.Single(server.Arrivals).Body));
    }

    [Fact]
    public async Task Understands_an_answer_in_JSON()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(
            200, """{"ShardId":"shardId-000000000000","SequenceNumber":"50","EncryptionType":"NONE"}"""));
        using var client = server.CreateClient();

        Assert.Equal(
            new PutRecordResult("shardId-000000000000", "50"), await client.PutRecordAsync("s", Record, null, Cancellation));
    }

    [Fact]
    public async Task Is_sent_once_and_says_whether_it_may_have_been_stored()
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Reset,
            LoopbackKinesis.Json(400, """{"__type":"ProvisionedThroughputExceededException"}"""),
            LoopbackKinesis.Json(200, """{"ShardId":"shardId-000000000000"}"""));
        using var client = server.CreateClient();

        var outcomes = new List<(string, bool)>();
        for (var i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<KinesisException>(
                async () => await client.PutRecordAsync("s", Record, null, Cancellation));
            outcomes.Add((error.ErrorCode, error.IsOutcomeUnknown));
        }

        Assert.Equal(
            [(KinesisException.NoAnswer, true), ("ProvisionedThroughputExceededException", false), ("InvalidResponse", true)],
            outcomes);
        Assert.Equal(3, server.Arrivals.Count);
    }

    private static Dictionary<string, object?> Read(byte[] body)
    {
        var fields = new Dictionary<string, object?>();
        var reader = new Foreign.CborReader(body, Foreign.CborConformanceMode.Strict);
        for (var left = reader.ReadStartMap(); left > 0; left--)
        {
            var name = reader.ReadTextString();
            fields.Add(name, name is "Data" ? Convert.ToHexString(reader.ReadByteString()) : reader.ReadTextString());
        }

        reader.ReadEndMap();
        Assert.Equal(0, reader.BytesRemaining);
        return fields;
    }

    private static void WriteResult(Foreign.CborWriter writer)
    {
        writer.WriteStartMap(3);
        foreach (var text in (string[])["EncryptionType", "NONE", "ShardId", "shardId-000000000000", "SequenceNumber", "50"])
        {
            writer.WriteTextString(text);
        }

        writer.WriteEndMap();
    }
}
