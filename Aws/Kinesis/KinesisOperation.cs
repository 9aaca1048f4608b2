namespace DataProcessor.Aws.Kinesis;

/// <summary>How an operation travels and what may be done when it fails.</summary>
internal sealed record KinesisOperation(string Name)
{
    public const string Cbor = "application/x-amz-cbor-1.1";
    public const string Json = "application/x-amz-json-1.1";

    private const int MiB = 1024 * 1024;

    // A page has at most 10,000 records; each may add a key of 256 characters, a sequence number and the names of its fields.
    private const int GetRecordsFraming = 10_000 * ((256 * 4) + 256);

    /// <summary>Value of x-amz-target.</summary>
    public string Target { get; } = "Kinesis_20131202." + Name;

    public string ContentType { get; init; } = Json;

    /// <summary>Bytes of the longest answer that is read.</summary>
    public int MaxResponseBytes { get; init; } = 4 * MiB;

    /// <summary>Whether the answer's bytes are handed to the caller, so that they cannot be pooled.</summary>
    public bool KeepsAnswer { get; init; }

    /// <summary>Whether this client may send it again after an error.</summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>The errors that a repeated call gets when the unanswered one before it had taken effect.</summary>
    public string[] DoneCodes { get; init; } = [];

    /// <summary>Whether the answer is an event stream, which has no length and may stay open for minutes.</summary>
    public bool AnswersInEvents { get; init; }

    public static KinesisOperation PutRecords { get; } = new("PutRecords") { ContentType = Cbor, IsRepeatable = false };

    public static KinesisOperation PutRecord { get; } = new("PutRecord") { ContentType = Cbor, IsRepeatable = false };

    public static KinesisOperation GetRecords { get; } = new("GetRecords")
    {
        ContentType = Cbor,
        MaxResponseBytes = (16 * MiB) + GetRecordsFraming,
        KeepsAnswer = true,
    };

    public static KinesisOperation GetShardIterator { get; } = new("GetShardIterator");

    public static KinesisOperation ListShards { get; } = new("ListShards");

    public static KinesisOperation DescribeStreamSummary { get; } = new("DescribeStreamSummary");

    public static KinesisOperation DescribeLimits { get; } = new("DescribeLimits");

    public static KinesisOperation CreateStream { get; } = new("CreateStream") { DoneCodes = ["ResourceInUseException"] };

    public static KinesisOperation DeleteStream { get; } = new("DeleteStream") { DoneCodes = ["ResourceNotFoundException"] };

    // Refused while the stream is UPDATING, by whomever: a refusal after an unanswered attempt says nothing of that attempt,
    // so these five have no error that would mean "done", and the caller is told that the outcome is unknown.
    public static KinesisOperation SplitShard { get; } = new("SplitShard");

    public static KinesisOperation MergeShards { get; } = new("MergeShards");

    public static KinesisOperation UpdateShardCount { get; } = new("UpdateShardCount");

    public static KinesisOperation IncreaseStreamRetentionPeriod { get; } = new("IncreaseStreamRetentionPeriod");

    public static KinesisOperation DecreaseStreamRetentionPeriod { get; } = new("DecreaseStreamRetentionPeriod");

    public static KinesisOperation RegisterStreamConsumer { get; } = new("RegisterStreamConsumer")
    {
        DoneCodes = ["ResourceInUseException"],
    };

    public static KinesisOperation DescribeStreamConsumer { get; } = new("DescribeStreamConsumer");

    public static KinesisOperation ListStreamConsumers { get; } = new("ListStreamConsumers");

    /// <summary>A repeated one finds the consumer DELETING or gone.</summary>
    public static KinesisOperation DeregisterStreamConsumer { get; } = new("DeregisterStreamConsumer")
    {
        DoneCodes = ["ResourceInUseException", "ResourceNotFoundException"],
    };

    /// <summary>Not repeated here: within 5 s of an accepted one the service refuses the next, and the reader keeps that rule.</summary>
    public static KinesisOperation SubscribeToShard { get; } = new("SubscribeToShard")
    {
        ContentType = Cbor,
        IsRepeatable = false,
        AnswersInEvents = true,
    };
}
