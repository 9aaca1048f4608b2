using DataProcessor.Aws.Kinesis;
using Xunit;

namespace DataProcessor.Unit.Aws;

public sealed class ControlPlaneTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follows_the_pages_of_shards_to_their_end()
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Json(200, """
                {"NextToken":"t1","Shards":[{"ShardId":"shardId-0","HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"9"},
                "SequenceNumberRange":{"StartingSequenceNumber":"1","EndingSequenceNumber":"2"}}]}
                """),
            LoopbackKinesis.Json(200, """{"NextToken":"t2","Shards":[]}"""),
            LoopbackKinesis.Json(200, """
                {"Shards":[{"ShardId":"shardId-1","ParentShardId":"shardId-0","AdjacentParentShardId":"shardId-9",
                "HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"9"},"SequenceNumberRange":{"StartingSequenceNumber":"3"}}]}
                """));
        using var client = server.CreateClient();
        var since = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

        var shards = await client.ListShardsAsync("s", new ShardFilter("FROM_TIMESTAMP", Timestamp: since), Cancellation);

        Assert.Equal(
            [
                new ShardDescription("shardId-0", null, null, "0", "9", "1", "2"),
                new ShardDescription("shardId-1", "shardId-0", "shardId-9", "0", "9", "3", null),
            ],
            shards);
        Assert.Equal(
            [
                """{"StreamName":"s","ShardFilter":{"Type":"FROM_TIMESTAMP","Timestamp":1700000000.123}}""",
                """{"NextToken":"t1"}""",
                """{"NextToken":"t2"}""",
            ],
            server.Arrivals.Select(arrival => arrival.Text));
    }

    [Fact]
    public async Task Gives_up_on_a_list_of_shards_without_end()
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Json(200, """{"NextToken":"again","Shards":[]}"""));
        using var client = server.CreateClient();

        await Assert.ThrowsAsync<KinesisException>(async () => await client.ListShardsAsync("s", null, Cancellation));
    }

    [Fact]
    public async Task Asks_for_an_iterator_by_type_and_argument()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, """{"ShardIterator":"it"}"""));
        using var client = server.CreateClient();
        var time = DateTimeOffset.FromUnixTimeSeconds(5);
        foreach (var start in (ShardIteratorStart[])
            [ShardIteratorStart.TrimHorizon, ShardIteratorStart.After("7"), ShardIteratorStart.AtTime(time)])
        {
            Assert.Equal("it", await client.GetShardIteratorAsync("s", "x", start, Cancellation));
        }

        Assert.Equal(
            [
                """{"StreamName":"s","ShardId":"x","ShardIteratorType":"TRIM_HORIZON"}""",
                """{"StreamName":"s","ShardId":"x","ShardIteratorType":"AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":"7"}""",
                """{"StreamName":"s","ShardId":"x","ShardIteratorType":"AT_TIMESTAMP","Timestamp":5}""",
            ],
            server.Arrivals.Select(arrival => arrival.Text));
    }

    [Theory]
    [InlineData("", 1024)]
    [InlineData(",\"MaxRecordSizeInKiB\":10240", 10240)]
    public async Task Describes_a_stream(string recordSize, int expectedRecordSize)
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, $$"""
            {"StreamDescriptionSummary":{"StreamName":"s","StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s",
            "StreamStatus":"ACTIVE","StreamCreationTimestamp":1.7E9,"RetentionPeriodHours":24,"OpenShardCount":3,
            "EnhancedMonitoring":[{"ShardLevelMetrics":[]}],"ConsumerCount":0{{recordSize}} } }
            """));
        using var client = server.CreateClient();

        var summary = await client.DescribeStreamSummaryAsync("s", Cancellation);

        Assert.Equal(
            new StreamSummary(
                "s",
                "arn:aws:kinesis:us-east-1:123456789012:stream/s",
                "ACTIVE",
                DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
                24,
                3,
                expectedRecordSize),
            summary);
    }

    [Fact]
    public async Task Creates_streams_of_provisioned_capacity()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, ""));
        using var client = server.CreateClient();

        await client.CreateStreamAsync("s", 2, Cancellation);
        await client.DeleteStreamAsync("s", Cancellation);

        Assert.Equal(
            ["""{"StreamName":"s","ShardCount":2,"StreamModeDetails":{"StreamMode":"PROVISIONED"}}""", """{"StreamName":"s"}"""],
            server.Arrivals.Select(arrival => arrival.Text));
    }

    [Fact]
    public async Task Reshapes_a_stream()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, ""));
        using var client = server.CreateClient();

        await client.SplitShardAsync("s", "shardId-0", "170141183460469231731687303715884105728", Cancellation);
        await client.MergeShardsAsync("s", "shardId-1", "shardId-2", Cancellation);
        await client.UpdateShardCountAsync("s", 4, Cancellation);
        await client.IncreaseStreamRetentionPeriodAsync("s", 48, Cancellation);
        await client.DecreaseStreamRetentionPeriodAsync("s", 24, Cancellation);

        Assert.Equal(
            [
                """SplitShard {"StreamName":"s","ShardToSplit":"shardId-0","NewStartingHashKey":"170141183460469231731687303715884105728"}""",
                """MergeShards {"StreamName":"s","ShardToMerge":"shardId-1","AdjacentShardToMerge":"shardId-2"}""",
                """UpdateShardCount {"StreamName":"s","TargetShardCount":4,"ScalingType":"UNIFORM_SCALING"}""",
                """IncreaseStreamRetentionPeriod {"StreamName":"s","RetentionPeriodHours":48}""",
                """DecreaseStreamRetentionPeriod {"StreamName":"s","RetentionPeriodHours":24}""",
            ],
            server.Arrivals.Select(arrival => $"{arrival.Target.Split('.')[1]} {arrival.Text}"));
    }

    /// <summary>Somebody else's change may be under way, so the refusal does not prove that the split was made.</summary>
    [Fact]
    public async Task A_split_refused_after_an_unanswered_attempt_is_neither_done_nor_failed()
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Reset, LoopbackKinesis.Json(400, """{"__type":"ResourceInUseException","message":"UPDATING"}"""));
        using var client = server.CreateClient();

        var error = await Assert.ThrowsAsync<KinesisException>(async () => await client.SplitShardAsync("s", "x", "7", Cancellation));

        Assert.Equal(("ResourceInUseException", true), (error.ErrorCode, error.IsOutcomeUnknown));
    }

    [Fact]
    public async Task Describes_the_accounts_limits()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(
            200, """{"OnDemandStreamCount":0,"OnDemandStreamCountLimit":50,"OpenShardCount":7,"ShardLimit":500}"""));
        using var client = server.CreateClient();

        Assert.Equal(new AccountLimits(ShardLimit: 500, OpenShardCount: 7), await client.DescribeLimitsAsync(Cancellation));
        Assert.Equal("{}", Assert.Single(server.Arrivals).Text);
    }

    [Theory]
    [InlineData("CreateStream", "ResourceInUseException")]
    [InlineData("DeleteStream", "ResourceNotFoundException")]
    [InlineData("DeregisterStreamConsumer", "ResourceNotFoundException")]
    [InlineData("DeregisterStreamConsumer", "ResourceInUseException")]
    public async Task A_repeated_change_that_was_done_at_first_is_done(string operation, string code)
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Reset, LoopbackKinesis.Json(400, $$"""{"__type":"{{code}}","message":"m"}"""));
        using var client = server.CreateClient();

        await ChangeAsync(client, operation);

        Assert.Equal(2, server.Arrivals.Count);

        // Without an unanswered attempt before it, the same error is one.
        var error = await Assert.ThrowsAsync<KinesisException>(async () => await ChangeAsync(client, operation));
        Assert.Equal(code, error.ErrorCode);
        Assert.False(error.IsOutcomeUnknown);
    }

    [Fact]
    public async Task A_change_refused_after_an_unanswered_attempt_may_still_have_been_made()
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Reset, LoopbackKinesis.Json(400, """{"__type":"AccessDeniedException"}"""));
        using var client = server.CreateClient();

        var error = await Assert.ThrowsAsync<KinesisException>(async () => await ChangeAsync(client, "CreateStream"));

        Assert.Equal("AccessDeniedException", error.ErrorCode);
        Assert.True(error.IsOutcomeUnknown);
    }

    private static ValueTask ChangeAsync(KinesisClient client, string operation) => operation switch
    {
        "CreateStream" => client.CreateStreamAsync("s", 1, Cancellation),
        "DeleteStream" => client.DeleteStreamAsync("s", Cancellation),
        _ => client.DeregisterStreamConsumerAsync("arn:consumer", Cancellation),
    };
}
