using DataProcessor.Aws.Local;
using Microsoft.Extensions.Options;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class ValidationTests
{
    private const string Missing = "Member must not be null";

    [Theory]
    [InlineData("PutRecord", """{"PartitionKey":"k","Data":""}""", "ValidationException", "Value null at 'streamName' failed to satisfy constraint: " + Missing)]
    [InlineData("PutRecord", """{"StreamName":"s"}""", "ValidationException", "2 validation errors detected: Value null at 'partitionKey'")]
    [InlineData("PutRecord", """{"StreamName":"a b","PartitionKey":"k","Data":""}""", "ValidationException", "Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")]
    [InlineData("PutRecord", """{"StreamName":"s","PartitionKey":"","Data":""}""", "ValidationException", "Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("PutRecord", """{"StreamName":"s","PartitionKey":"k","Data":"","ExplicitHashKey":"007"}""", "ValidationException", "Value '007' at 'explicitHashKey'")]
    [InlineData("PutRecord", """{"StreamName":"s","PartitionKey":"k","Data":"","ExplicitHashKey":"340282366920938463463374607431768211456"}""", "InvalidArgumentException", "[0, 2^128-1]")]
    [InlineData("PutRecord", """{"StreamName":"s","PartitionKey":"k","Data":"","SequenceNumberForOrdering":"12"}""", "InvalidArgumentException", "ExclusiveMinimumSequenceNumber 12 used in PutRecord")]
    [InlineData("PutRecord", """{"StreamName":"t","PartitionKey":"k","Data":""}""", "ResourceNotFoundException", "Stream t under account 000000000000 not found.")]
    [InlineData("PutRecord", """{"StreamARN":"arn:aws:kinesis:us-east-1:000000000001:stream/s","PartitionKey":"k","Data":""}""", "ResourceNotFoundException", "stream/s not found")]
    [InlineData("PutRecord", """{"StreamARN":"s","PartitionKey":"k","Data":""}""", "ValidationException", "Value 's' at 'streamARN'")]
    [InlineData("PutRecord", """{"StreamName":"t","StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s","PartitionKey":"k","Data":""}""", "InvalidArgumentException", "different streams")]
    [InlineData("PutRecord", """{"StreamName":7,"PartitionKey":"k","Data":""}""", "SerializationException", "can not be converted to a string")]
    [InlineData("PutRecord", """{"StreamName":"s","PartitionKey":"k","Data":"%"}""", "SerializationException", "base64")]
    [InlineData("PutRecord", """{"StreamName":"s" """, "SerializationException", "not JSON")]
    [InlineData("PutRecord", "", "SerializationException", "not JSON")]
    [InlineData("PutRecord", "[]", "SerializationException", "structure")]
    [InlineData("PutRecords", """{"StreamName":"s"}""", "ValidationException", "Value null at 'records'")]
    [InlineData("PutRecords", """{"StreamName":"s","Records":[]}""", "ValidationException", "Member must have length greater than or equal to 1")]
    [InlineData("PutRecords", """{"StreamName":"s","Records":[{"PartitionKey":"k","Data":""},{"Data":""}]}""", "ValidationException", "Value null at 'records.2.member.partitionKey'")]
    [InlineData("GetShardIterator", """{"StreamName":"s","ShardId":"shardId-000000000009","ShardIteratorType":"LATEST"}""", "ResourceNotFoundException", "shardId-000000000009")]
    [InlineData("GetShardIterator", """{"StreamName":"s","ShardId":"shardId-000000000000","ShardIteratorType":"NEWEST"}""", "ValidationException", "Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]")]
    [InlineData("GetShardIterator", """{"StreamName":"s","ShardId":"shardId-000000000000","ShardIteratorType":"AT_SEQUENCE_NUMBER"}""", "InvalidArgumentException", "startingSequenceNumber")]
    [InlineData("GetShardIterator", """{"StreamName":"s","ShardId":"shardId-000000000000","ShardIteratorType":"AT_TIMESTAMP"}""", "InvalidArgumentException", "timestamp")]
    [InlineData("GetRecords", """{"ShardIterator":"x","Limit":10001}""", "ValidationException", "Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000")]
    [InlineData("GetRecords", "{}", "ValidationException", "Value null at 'shardIterator'")]
    [InlineData("ListShards", "{}", "InvalidArgumentException", "Either NextToken or StreamName should be provided.")]
    [InlineData("ListShards", """{"StreamName":"s","NextToken":"x"}""", "InvalidArgumentException", "NextToken cannot be provided together")]
    [InlineData("ListShards", """{"NextToken":"x"}""", "InvalidArgumentException", "NextToken is invalid")]
    [InlineData("ListShards", """{"StreamName":"s","MaxResults":0}""", "ValidationException", "'maxResults'")]
    [InlineData("ListShards", """{"StreamName":"s","ShardFilter":{"Type":"AT_TIMESTAMP"}}""", "InvalidArgumentException", "Timestamp")]
    [InlineData("ListShards", """{"StreamName":"s","ExclusiveStartShardId":"x"}""", "InvalidArgumentException", "not a shard id")]
    [InlineData("ListShards", """{"StreamName":"s","StreamCreationTimestamp":1}""", "ResourceNotFoundException", "not found")]
    [InlineData("DescribeStream", """{"StreamName":"t"}""", "ResourceNotFoundException", "Stream t under account 000000000000 not found.")]
    [InlineData("DescribeStreamSummary", "{}", "ValidationException", Missing)]
    [InlineData("CreateStream", """{"StreamName":"s","ShardCount":1}""", "ResourceInUseException", "Stream s under account 000000000000 already exists.")]
    [InlineData("CreateStream", """{"StreamName":"t","ShardCount":0}""", "ValidationException", "'shardCount'")]
    [InlineData("CreateStream", """{"StreamName":"t"}""", "ValidationException", "ShardCount")]
    [InlineData("CreateStream", """{"StreamName":"t","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}""", "ValidationException", "not implemented")]
    [InlineData("DeleteStream", """{"StreamName":"t"}""", "ResourceNotFoundException", "Stream t under account")]
    [InlineData("AddTagsToStream", "{}", "UnknownOperationException", "AddTagsToStream is not implemented")]
    public async Task A_wrong_call_gets_the_services_error(string operation, string body, string code, string message)
    {
        await using var kinesis = await LocalKinesis.StartAsync(LocalKinesis.Unlimited());

        var error = await Assert.ThrowsAsync<AnswerException>(() => kinesis.SendAsync(operation, body));

        Assert.Equal((400, code), (error.StatusCode, error.Code));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_has_at_most_500_records_and_10_MiB_and_a_record_its_streams_size()
    {
        await using var kinesis = await LocalKinesis.StartAsync(LocalKinesis.Unlimited());
        object Call(int count, int size, string key = "k") =>
            new { StreamName = "s", Records = Enumerable.Repeat(new { PartitionKey = key, Data = new byte[size] }, count) };

        Assert.Equal("ValidationException", (await kinesis.ErrorAsync("PutRecords", Call(501, 0))).Code);
        Assert.Equal("InvalidArgumentException", (await kinesis.ErrorAsync("PutRecords", Call(11, 1_000_000))).Code);
        Assert.Equal("ValidationException", (await kinesis.ErrorAsync("PutRecords", Call(1, 1024 * 1024))).Code);
        Assert.Equal("ValidationException", (await kinesis.ErrorAsync("PutRecords", Call(1, 0, new string('ä', 257)))).Code);
        Assert.Equal(0, kinesis.Server.Counters.RecordsStored);
        await kinesis.CallAsync("PutRecords", Call(1, (1024 * 1024) - 1));
        await kinesis.CallAsync("PutRecords", Call(500, 0, new string('ä', 256)));
        Assert.Equal(501, kinesis.Server.Counters.RecordsStored);
    }

    [Fact]
    public async Task An_unsigned_call_and_a_foreign_encoding_are_refused()
    {
        await using var kinesis = await LocalKinesis.StartAsync(LocalKinesis.Unlimited());

        var unsigned = await Assert.ThrowsAsync<AnswerException>(() => kinesis.SendAsync("ListStreams", "{}", isSigned: false));
        var foreign = await Assert.ThrowsAsync<AnswerException>(() => kinesis.SendAsync("ListStreams", "{}", "text/xml"));

        Assert.Equal(("MissingAuthenticationTokenException", "UnknownOperationException"), (unsigned.Code, foreign.Code));
    }

    [Fact]
    public async Task A_stream_is_created_described_listed_and_deleted()
    {
        var options = LocalKinesis.Unlimited();
        options.CreationLatency = TimeSpan.FromSeconds(1);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var kinesis = await LocalKinesis.StartAsync(options, time);
        await kinesis.CallAsync("CreateStream", new { StreamName = "t", ShardCount = 2, MaxRecordSizeInKiB = 2048 });

        Assert.Equal("CREATING", await StatusAsync());
        Assert.Equal("ResourceNotFoundException", (await kinesis.ErrorAsync("PutRecord", new { StreamName = "t", PartitionKey = "k", Data = "" })).Code);
        Assert.Equal("ResourceInUseException", (await kinesis.ErrorAsync("ListShards", new { StreamName = "t" })).Code);
        Assert.Equal("ResourceInUseException", (await kinesis.ErrorAsync("DeleteStream", new { StreamName = "t" })).Code);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ACTIVE", await StatusAsync());

        var description = (await kinesis.CallAsync("DescribeStream", new { StreamName = "t", Limit = 1 }))["StreamDescription"]!;
        Assert.True((bool)description["HasMoreShards"]!);
        Assert.Equal("arn:aws:kinesis:us-east-1:000000000000:stream/t", (string)description["StreamARN"]!);
        await kinesis.CallAsync("PutRecord", new { StreamARN = (string)description["StreamARN"]!, PartitionKey = "k", Data = new byte[2_000_000] });

        var first = await kinesis.CallAsync("ListStreams", new { Limit = 1 });
        var second = await kinesis.CallAsync("ListStreams", new { NextToken = (string)first["NextToken"]! });
        Assert.Equal(["s", "t"], first["StreamNames"]!.AsArray().Concat(second["StreamNames"]!.AsArray()).Select(name => (string)name!));
        Assert.False((bool)second["HasMoreStreams"]!);
        await kinesis.CallAsync("DeleteStream", new { StreamName = "t" });
        Assert.Equal("ResourceNotFoundException", (await kinesis.ErrorAsync("DescribeStream", new { StreamName = "t" })).Code);

        async Task<string> StatusAsync() => (string)(await kinesis.CallAsync("DescribeStreamSummary", new { StreamName = "t" }))["StreamDescriptionSummary"]!["StreamStatus"]!;
    }

    [Fact]
    public async Task Wrong_options_are_named_all_at_once()
    {
        var options = new LocalKinesisOptions
        {
            Port = 70_000, RetentionHours = 0, AccountId = "12", Faults = new LocalKinesisFaults(1) { Delay = 2 },
        };

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => LocalKinesis.StartAsync(options));

        Assert.All([nameof(options.Port), nameof(options.RetentionHours), nameof(options.AccountId), "Delay"],
            name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
        var stream = new LocalKinesisOptions { Streams = new Dictionary<string, int> { ["a b"] = 0 } };
        Assert.Equal(2, (await Assert.ThrowsAsync<OptionsValidationException>(() => LocalKinesis.StartAsync(stream))).Failures.Count());
    }
}
