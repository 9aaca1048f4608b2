using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace DataProcessor.Unit.Gateway.KinesisApi;

/// <summary>Kinesis' own interface on the gateway: what a client is told.</summary>
public sealed class KinesisApiTests
{
    private const string Stream = MemoryCluster.StreamName;
    private const string Record = """{"Data":"aGk=","PartitionKey":"k"}""";
    private const string Named = $"\"StreamName\":\"{Stream}\"";

    private static readonly string Highest = UInt128.MaxValue.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_record_is_answered_with_its_shard_and_sequence_number()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1);

        var answer = await gateway.CallAsync(
            "PutRecord", $$"""{"Data":"aGk=","PartitionKey":"k",{{Named}},"SequenceNumberForOrdering":"49"}""");

        Assert.Equal((200, null), (answer.Status, answer.ErrorType));
        Assert.Equal("""{"ShardId":"shardId-000000000000","SequenceNumber":"1"}""", answer.Body.ToJsonString());
        Assert.Equal(("k", "hi"), gateway.Cluster.Stored.Select(stored => (stored.Record.PartitionKey, stored.Record.Data)).Single());
    }

    [Fact]
    public async Task Records_are_answered_one_by_one_in_their_order_and_encoding()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        PutRecord[] records = [new("k", "high", Highest), new("k", "low", "0"), new("k", "high again", Highest)];

        var json = await gateway.PutRecordsAsync(records);
        var cbor = await gateway.CallAsync("PutRecords", KinesisCall.Cbor(Stream, records, isIndefinite: true), KinesisCall.CborType);

        Assert.All([json, cbor], answer =>
        {
            Assert.Equal((200, 0), (answer.Status, answer.Body["FailedRecordCount"]!.GetValue<int>()));
            Assert.Equal(["001", "000", "001"], Entries(answer, "ShardId").Select(shard => shard![^3..]));
            Assert.All(Entries(answer, "SequenceNumber"), Assert.NotNull);
            Assert.All(Entries(answer, "ErrorCode"), Assert.Null);
        });
        Assert.Equal(6, gateway.Cluster.Stored.Count());
    }

    [Theory]
    [InlineData("""{"StreamARN":"arn:aws:kinesis:eu-west-1:000000000000:stream/data-processing-stream"}""", null)]
    [InlineData("""{"StreamARN":"arn:aws:kinesis:eu-west-1:000000000001:stream/data-processing-stream"}""", "ResourceNotFoundException")]
    [InlineData("""{"StreamARN":"arn:aws:kinesis:eu-west-1:000000000000:stream/other","StreamName":"data-processing-stream"}""", "InvalidArgumentException")]
    [InlineData("""{"StreamARN":"arn:aws:s3:::stream/data-processing-stream"}""", "ValidationException")]
    [InlineData("""{"StreamName":"no-such-stream"}""", "ResourceNotFoundException")]
    [InlineData("""{"StreamName":"no blanks"}""", "ValidationException")]
    [InlineData("""{"StreamName":""}""", "ValidationException")]
    [InlineData("{}", "ValidationException")]
    public async Task A_stream_is_named_or_its_ARN_given(string reference, string? error)
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        var call = JsonNode.Parse(reference)!.AsObject();
        call["Records"] = JsonNode.Parse($"[{Record}]");

        AssertError(error, await gateway.CallAsync("PutRecords", call.ToJsonString()), gateway);
    }

    [Theory]
    [InlineData("PutRecord", """{"Data":"","PartitionKey":"k","ExplicitHashKey":"340282366920938463463374607431768211456"}""", "InvalidArgumentException")]
    [InlineData("PutRecord", """{"Data":"","PartitionKey":"k","ExplicitHashKey":"007"}""", "ValidationException")]
    [InlineData("PutRecord", """{"Data":"","PartitionKey":"k","ExplicitHashKey":""}""", "ValidationException")]
    [InlineData("PutRecord", """{"Data":"","PartitionKey":"k","SequenceNumberForOrdering":"x"}""", "ValidationException")]
    [InlineData("PutRecord", """{"Data":"","PartitionKey":""}""", "ValidationException")]
    [InlineData("PutRecord", """{"Data":""}""", "ValidationException")]
    [InlineData("PutRecord", """{"Data":null,"PartitionKey":"k"}""", "ValidationException")]
    [InlineData("PutRecord", """{"Data":"AAAAAAAAAAAAAAAA","PartitionKey":"key"}""", "ValidationException")]
    [InlineData("PutRecord", """{"Data":"AAAAAAAAAAAAAAAA","PartitionKey":""}""", "ValidationException")]
    [InlineData("PutRecords", "{}", "ValidationException")]
    [InlineData("PutRecords", """{"Records":[]}""", "ValidationException")]
    [InlineData("PutRecords", """{"Records":[{"Data":"","PartitionKey":"k"},{"Data":""}]}""", "ValidationException")]
    [InlineData("PutRecords", """{"Records":"none"}""", "SerializationException")]
    [InlineData("ListShards", "{}", "UnknownOperationException")]
    [InlineData("", "{}", "UnknownOperationException")]
    public async Task A_bad_call_is_refused_as_a_whole(string operation, string json, string error)
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options => options.MaxRecordBytes = 14);
        var call = JsonNode.Parse(json)!.AsObject();
        call["StreamName"] = Stream;

        AssertError(error, await gateway.CallAsync(operation, call.ToJsonString()), gateway);
    }

    [Fact]
    public async Task Limits_are_those_of_the_service()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        var megabyte = new byte[1_000_000];

        AssertError(null, await gateway.PutRecordsAsync([.. Enumerable.Repeat(new PutRecord("k", ""), 500)]), gateway);
        AssertError(null, await gateway.PutRecordsAsync(new PutRecord(new string('ä', 256), [])), gateway);
        AssertError(null, await gateway.PutRecordsAsync(new PutRecord("k", new byte[(1024 * 1024) - 1])), gateway);
        var stored = gateway.Cluster.Stored.Count();

        var many = await gateway.PutRecordsAsync([.. Enumerable.Repeat(new PutRecord("k", ""), 501)]);
        var longKey = await gateway.PutRecordsAsync(new PutRecord(new string('ä', 257), []));
        var large = await gateway.PutRecordsAsync(new PutRecord("k", new byte[1024 * 1024]));
        var much = await gateway.PutRecordsAsync([.. Enumerable.Repeat(new PutRecord("k", megabyte), 11)]);
        var tooMuch = await gateway.CallAsync("PutRecords", new byte[17 * 1024 * 1024], KinesisCall.JsonType);

        Assert.Equal(
            ["ValidationException", "ValidationException", "ValidationException", "InvalidArgumentException", "InvalidArgumentException"],
            new[] { many, longKey, large, much, tooMuch }.Select(answer => answer.Type));
        Assert.Equal(stored, gateway.Cluster.Stored.Count());
    }

    [Fact]
    public async Task What_is_wrong_is_told_in_the_services_words_and_not_without_end()
    {
        await using var gateway = await LoopbackGateway.StartAsync();

        var two = await gateway.CallAsync("PutRecord", $$"""{{{Named}},"PartitionKey":""}""");
        var many = await gateway.PutRecordsAsync([.. Enumerable.Repeat(new PutRecord("", ""), 500)]);

        Assert.Equal(
            "2 validation errors detected: Value null at 'data' failed to satisfy constraint: Member must not be null; "
            + "Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
            two.Message);
        Assert.StartsWith("10 validation errors detected: Value '' at 'records.1.member.partitionKey'", many.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", 200, KinesisCall.JsonType)]
    [InlineData("application/x-amz-json-1.1; charset=utf-8", 200, KinesisCall.JsonType)]
    [InlineData("text/plain", 400, KinesisCall.JsonType)]
    [InlineData(null, 400, KinesisCall.JsonType)]
    public async Task Content_types_are_those_of_the_protocol(string? type, int status, string answered)
    {
        await using var gateway = await LoopbackGateway.StartAsync();

        var answer = await gateway.CallAsync("PutRecord", Encoding.UTF8.GetBytes($$"""{"Data":"","PartitionKey":"k",{{Named}}}"""), type);

        Assert.Equal((status, answered), (answer.Status, answer.ContentType));
        Assert.Equal(status == 400 ? "UnknownOperationException" : null, answer.Type);
    }

    [Fact]
    public async Task A_CBOR_call_is_told_its_error_in_CBOR()
    {
        await using var gateway = await LoopbackGateway.StartAsync();

        var answer = await gateway.CallAsync("PutRecords", [0xA1, 0xFF], KinesisCall.CborType);

        Assert.Equal(KinesisCall.CborType, answer.ContentType);
        AssertError("SerializationException", answer, gateway);
    }

    private static IEnumerable<string?> Entries(KinesisReply answer, string member) =>
        answer.Body["Records"]!.AsArray().Select(entry => entry![member]?.GetValue<string>());

    private static void AssertError(string? type, KinesisReply answer, LoopbackGateway gateway)
    {
        Assert.Equal((type is null ? 200 : 400, type, type), (answer.Status, answer.Type, answer.ErrorType));
        if (type is not null)
        {
            Assert.NotEmpty(answer.Message);
            Assert.Empty(gateway.Cluster.Stored);
        }
    }
}
