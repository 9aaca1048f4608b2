using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Conformance.Signatures;

/// <summary>One call of every operation that our client has.</summary>
internal static class KinesisCalls
{
    private const string Consumer =
        """{"ConsumerName":"reader","ConsumerARN":"arn","ConsumerStatus":"ACTIVE","ConsumerCreationTimestamp":1.5}""";

    public static KinesisCall[] All { get; } =
    [
        PutRecords("key", [0, 1, 2, 255]),
        new("GetRecords", """{"Records":[]}""", async (client, cancel) => await client.GetRecordsAsync("iterator+/==", 100, cancel)),
        new(
            "GetShardIterator",
            """{"ShardIterator":"i"}""",
            async (client, cancel) => await client.GetShardIteratorAsync(
                "stream", "shardId-000000000000", ShardIteratorStart.After("4967"), cancel)),
        new(
            "ListShards",
            """{"Shards":[]}""",
            async (client, cancel) => await client.ListShardsAsync("stream", ShardFilter.AtLatest, cancel)),
        DescribeStreamSummary("stream"),
        new("CreateStream", "", async (client, cancel) => await client.CreateStreamAsync("stream", 3, cancel)),
        new(
            "PutRecord",
            """{"ShardId":"s","SequenceNumber":"1"}""",
            async (client, cancel) => await client.PutRecordAsync(
                "stream", new PutRecordsEntry("k", "5", new byte[] { 1 }), "4967", cancel)),
        new("SplitShard", "", async (client, cancel) => await client.SplitShardAsync("stream", "shardId-000000000000", "5", cancel)),
        new("MergeShards", "", async (client, cancel) => await client.MergeShardsAsync("stream", "shardId-0", "shardId-1", cancel)),
        new("UpdateShardCount", "{}", async (client, cancel) => await client.UpdateShardCountAsync("stream", 4, cancel)),
        new(
            "IncreaseStreamRetentionPeriod",
            "",
            async (client, cancel) => await client.IncreaseStreamRetentionPeriodAsync("stream", 48, cancel)),
        new(
            "DecreaseStreamRetentionPeriod",
            "",
            async (client, cancel) => await client.DecreaseStreamRetentionPeriodAsync("stream", 24, cancel)),
        new(
            "DescribeLimits",
            """{"ShardLimit":500,"OpenShardCount":1}""",
            async (client, cancel) => await client.DescribeLimitsAsync(cancel)),
        new(
            "RegisterStreamConsumer",
            $$"""{"Consumer":{{Consumer}}}""",
            async (client, cancel) => await client.RegisterStreamConsumerAsync("arn:stream/s", "reader", cancel)),
        new(
            "DescribeStreamConsumer",
            $$"""{"ConsumerDescription":{{Consumer}}}""",
            async (client, cancel) => await client.DescribeStreamConsumerAsync("arn:stream/s", "reader", cancel)),
        new(
            "ListStreamConsumers",
            """{"Consumers":[]}""",
            async (client, cancel) => await client.ListStreamConsumersAsync("arn:stream/s", cancel)),
        new(
            "DeregisterStreamConsumer",
            "",
            async (client, cancel) => await client.DeregisterStreamConsumerAsync("arn:consumer/c:1", cancel)),
        new(
            "SubscribeToShard",
            "",
            async (client, cancel) => await client.SubscribeToShardAsync(
                "arn:consumer/c:1", "shardId-0", ShardIteratorStart.After("4967"), cancel)),
        new("DeleteStream", "", async (client, cancel) => await client.DeleteStreamAsync("stream", cancel)),
    ];

    public static KinesisCall Named(string name) => Array.Find(All, call => call.Name == name)!;

    public static KinesisCall PutRecords(string partitionKey, byte[] data) => new(
        "PutRecords",
        """{"Records":[{"ShardId":"shardId-000000000000","SequenceNumber":"1"}]}""",
        async (client, cancel) => await client.PutRecordsAsync(
            "stream", new[] { new PutRecordsEntry(partitionKey, null, data) }, cancel));

    public static KinesisCall DescribeStreamSummary(string streamName) => new(
        "DescribeStreamSummary",
        """
        {"StreamDescriptionSummary":{"StreamName":"s","StreamARN":"arn","StreamStatus":"ACTIVE",
        "StreamCreationTimestamp":1.5,"RetentionPeriodHours":24,"OpenShardCount":1}}
        """,
        async (client, cancel) => await client.DescribeStreamSummaryAsync(streamName, cancel));
}
