using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Conformance.Signatures;

/// <summary>One call of every operation that our client has.</summary>
internal static class KinesisCalls
{
    public static KinesisCall[] All { get; } =
    [
        PutRecords("key", [0, 1, 2, 255]),
        new("GetRecords", """{"Records":[]}""", async (client, cancel) => await client.GetRecordsAsync("iterator+/==", 100, cancel)),
        new(
            "GetShardIterator",
            """{"ShardIterator":"i"}""",
            async (client, cancel) => await client.GetShardIteratorAsync(
                "stream", "shardId-000000000000", ShardIteratorStart.After("4967"), cancel)),
        new("ListShards", """{"Shards":[]}""", async (client, cancel) => await client.ListShardsAsync("stream", ShardFilter.AtLatest, cancel)),
        DescribeStreamSummary("stream"),
        new("CreateStream", "", async (client, cancel) => await client.CreateStreamAsync("stream", 3, cancel)),
        new("DeleteStream", "", async (client, cancel) => await client.DeleteStreamAsync("stream", cancel)),
    ];

    public static KinesisCall Named(string name) => Array.Find(All, call => call.Name == name)!;

    public static KinesisCall PutRecords(string partitionKey, byte[] data) => new(
        "PutRecords",
        """{"Records":[{"ShardId":"shardId-000000000000","SequenceNumber":"1"}]}""",
        async (client, cancel) => await client.PutRecordsAsync("stream", new[] { new PutRecordsEntry(partitionKey, null, data) }, cancel));

    public static KinesisCall DescribeStreamSummary(string streamName) => new(
        "DescribeStreamSummary",
        """
        {"StreamDescriptionSummary":{"StreamName":"s","StreamARN":"arn","StreamStatus":"ACTIVE",
        "StreamCreationTimestamp":1.5,"RetentionPeriodHours":24,"OpenShardCount":1}}
        """,
        async (client, cancel) => await client.DescribeStreamSummaryAsync(streamName, cancel));
}
