using static DataProcessor.Conformance.Scenarios.Steps;

namespace DataProcessor.Conformance.Scenarios;

/// <summary>What users do with a stream.</summary>
internal static class Uses
{
    public static Scenario[] All { get; } =
    [
        // kinesalite is older than StreamModeDetails, and shows all shards whatever Limit and MaxResults say.
        new("a stream is summarized", OnStream("DescribeStreamSummary"))
        {
            OddOnes = OddServer.Kinesalite,
            IsForCommandLine = true,
        },
        new("a stream is described", OnStream("DescribeStream")) { OddOnes = OddServer.Kinesalite, IsForCommandLine = true },
        new(
            "a stream is described page by page",
            OnStream("DescribeStream", "\"Limit\":1"),
            OnStream("DescribeStream", "\"ExclusiveStartShardId\":\"shardId-000000000000\""))
        {
            OddOnes = OddServer.Kinesalite,
        },
        new("a stream is found in the list", On("ListStreams", "\"Limit\":10000")),
        new("shards are listed", OnStream("ListShards")) { IsForCommandLine = true },
        new(
            "shards are listed page by page",
            OnStream("ListShards", "\"MaxResults\":2"),
            On("ListShards", "\"NextToken\":\"{token}\""))
        {
            OddOnes = OddServer.Kinesalite,
        },
        new("shards are listed after one", OnStream("ListShards", "\"ExclusiveStartShardId\":\"shardId-000000000000\"")),
        new("open shards are listed", OnStream("ListShards", "\"ShardFilter\":{\"Type\":\"AT_LATEST\"}")) { IsForCommandLine = true },

        // kinesalite knows streams by name only.
        new(
            "a stream is addressed by its ARN",
            On("DescribeStreamSummary", "\"StreamARN\":\"arn:aws:kinesis:us-east-1:000000000000:stream/{stream}\""))
        {
            OddOnes = OddServer.Kinesalite,
            IsTooNewForBoto3 = true,
        },
        new("a record is put and read", Put("aGVsbG8=", "key", ToFirst), Iterator(FirstShard, "TRIM_HORIZON"), Read)
        {
            IsForCommandLine = true,
        },
        new("a record is put by its key", Put("aGVsbG8=", "key"), Put("aGVsbG8=", "köy-Ω-日本-😀")),
        new("a record goes to the last shard", Put("AA==", "key", ToLast), Iterator(LastShard, "TRIM_HORIZON"), Read),
        new(
            "records are put and read",
            PutAll(Entry("AQ==", ToFirst), Entry("Ag==", ToLast), Entry("Aw==", ToFirst)),
            Iterator(FirstShard, "TRIM_HORIZON"),
            Read)
        {
            IsForCommandLine = true,
        },
        new(
            "a record is ordered after another",
            Put("AQ==", "key", ToFirst),
            Put("Ag==", "key", ToFirst, "\"SequenceNumberForOrdering\":\"{sequence}\"")),
        new("any bytes are data", Put("", "key", ToFirst), Put("AP8B/g==", "key", ToFirst), Iterator(FirstShard, "TRIM_HORIZON"), Read),
        new("an empty shard is read", Iterator(FirstShard, "TRIM_HORIZON"), Read, Read),
        new(
            "pages follow each other",
            PutAll(Entry("AQ==", ToFirst), Entry("Ag==", ToFirst), Entry("Aw==", ToFirst)),
            Iterator(FirstShard, "TRIM_HORIZON"),
            Page(2),
            Page(2),
            Page(2)),
        new(
            "only later records are read",
            Put("AQ==", "key", ToFirst),
            Iterator(FirstShard, "LATEST"),
            Put("Ag==", "key", ToFirst),
            Read),
        new(
            "reading starts at a record",
            Put("AQ==", "key", ToFirst),
            Put("Ag==", "key", ToFirst),
            Iterator(FirstShard, "AT_SEQUENCE_NUMBER", "\"StartingSequenceNumber\":\"{sequence}\""),
            Read)
        {
            IsForCommandLine = true,
        },
        new(
            "reading starts after a record",
            Put("AQ==", "key", ToFirst),
            Iterator(FirstShard, "AFTER_SEQUENCE_NUMBER", "\"StartingSequenceNumber\":\"{sequence}\""),
            Put("Ag==", "key", ToFirst),
            Read),
        new(
            "reading starts at a time",
            Put("AQ==", "key", ToFirst),
            Iterator(FirstShard, "AT_TIMESTAMP", "\"Timestamp\":1500000000.5"),
            Read),
    ];
}
