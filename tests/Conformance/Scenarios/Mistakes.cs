using static DataProcessor.Conformance.Scenarios.Steps;

namespace DataProcessor.Conformance.Scenarios;

/// <summary>
/// What users do wrong. kinesis-local has other names for most of it than Kinesis, whose own kinesalite was tested against.
/// </summary>
internal static class Mistakes
{
    public static Scenario[] All { get; } =
    [
        new(
            "a stream is missing",
            On("PutRecord", "\"StreamName\":\"nowhere\"", "\"Data\":\"AQ==\"", "\"PartitionKey\":\"k\""),
            On("DescribeStream", "\"StreamName\":\"nowhere\""),
            On("ListShards", "\"StreamName\":\"nowhere\""),
            On("DeleteStream", "\"StreamName\":\"nowhere\""))
        {
            IsForCommandLine = true,
        },
        new("a stream is created twice", On("CreateStream", "\"StreamName\":\"{stream}\"", "\"ShardCount\":1")) { IsForCommandLine = true },

        // kinesalite gives out no tokens, so it has nothing to complain of but an empty one.
        new(
            "a page is asked for by token and name",
            OnStream("ListShards", "\"MaxResults\":2"),
            OnStream("ListShards", "\"NextToken\":\"{token}\""))
        {
            OddOnes = OddServer.Kinesalite,
        },

        // kinesis-local: InvalidArgumentException for a text or number against its constraint.
        new("too many streams are asked for", On("ListStreams", "\"Limit\":10001")) { OddOnes = OddServer.KinesisLocal },
        new(
            "a stream's name is none",
            On("DescribeStreamSummary", "\"StreamName\":\"no blanks\""),
            On("DescribeStreamSummary"),
            On("CreateStream", "\"StreamName\":\"no blanks\"", "\"ShardCount\":1"))
        {
            OddOnes = OddServer.KinesisLocal,
        },
        new("a shard is missing", Iterator("shardId-000000000009", "LATEST"), Iterator("no shard", "LATEST"))
        {
            OddOnes = OddServer.KinesisLocal,
        },
        new("a key is too long", Put("AQ==", new string('k', 256), ToFirst), Put("AQ==", new string('k', 257), ToFirst))
        {
            OddOnes = OddServer.KinesisLocal,
        },
        new("a record is too large", Put(Convert.ToBase64String(new byte[(1024 * 1024) + 1]), "key")) { OddOnes = OddServer.KinesisLocal },
        new("a page's limit is none", Iterator(FirstShard, "TRIM_HORIZON"), Page(0), Page(10_001)) { OddOnes = OddServer.KinesisLocal },

        // kinesis-local: SerializationException for what is missing or outside an enumeration.
        new(
            "a key is missing",
            Put("AQ==", ""),
            OnStream("PutRecord", "\"Data\":\"AQ==\""),
            OnStream("PutRecords", "\"Records\":[{\"Data\":\"AQ==\"}]"))
        {
            OddOnes = OddServer.KinesisLocal,
        },
        new("data is missing", OnStream("PutRecord", "\"PartitionKey\":\"key\"")) { OddOnes = OddServer.KinesisLocal },
        new(
            "an iterator's kind is none",
            Iterator(FirstShard, "SOMEWHERE"),
            Iterator(FirstShard, "AT_SEQUENCE_NUMBER"),
            Iterator(FirstShard, "AT_TIMESTAMP"))
        {
            OddOnes = OddServer.KinesisLocal,
        },

        // kinesis-local: takes any number of records.
        new("a batch is too large", PutAll([.. Enumerable.Repeat(Entry("AQ==", ToFirst), 501)])) { OddOnes = OddServer.KinesisLocal },
        new("a batch is empty", PutAll()) { OddOnes = OddServer.KinesisLocal },

        // kinesis-local: a 500 without a body.
        new("an iterator is none", On("GetRecords", "\"ShardIterator\":\"no iterator\"")) { OddOnes = OddServer.KinesisLocal },

        // kinesis-local: LimitExceededException.
        new("a stream has no shards", On("CreateStream", "\"StreamName\":\"{stream}-none\"", "\"ShardCount\":0"))
        {
            OddOnes = OddServer.KinesisLocal,
        },

        // Only kinesalite holds a sequence number to the pattern of the API reference.
        new("a sequence number is none", Iterator(FirstShard, "AT_SEQUENCE_NUMBER", "\"StartingSequenceNumber\":\"x\""))
        {
            OddOnes = OddServer.Kinesalite,
        },

        // The API reference's pattern, 0|([1-9]\d{0,38}): kinesis-local has none and answers "x" with a 500, kinesalite's
        // lacks the parentheses around it, so that "-1" passes.
        new(
            "a hash key is none",
            Put("AQ==", "key", "\"ExplicitHashKey\":\"340282366920938463463374607431768211456\""),
            Put("AQ==", "key", "\"ExplicitHashKey\":\"-1\""),
            Put("AQ==", "key", "\"ExplicitHashKey\":\"x\""))
        {
            OddOnes = OddServer.Both,
            InKinesis = "PutRecord: InvalidArgumentException\nPutRecord: ValidationException\nPutRecord: ValidationException",
        },
    ];
}
