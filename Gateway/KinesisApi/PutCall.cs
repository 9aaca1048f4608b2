namespace DataProcessor.Gateway.KinesisApi;

/// <summary>A PutRecord or PutRecords as it came; what is long stays in the body, as ranges of it.</summary>
internal sealed class PutCall
{
    /// <summary>PutRecords: the answer has an entry per record, and records fail one by one.</summary>
    public required bool IsBatch { get; init; }

    public string? StreamName { get; set; }

    public string? StreamArn { get; set; }

    public string? SequenceNumberForOrdering { get; set; }

    /// <summary>Null: a PutRecords without Records. One more than allowed when there are too many.</summary>
    public List<PutEntry>? Records { get; set; }
}

/// <summary>A record, as ranges of the body: UTF-8 texts, and data that is not base64 any more. Null: not there.</summary>
internal struct PutEntry
{
    public Range? PartitionKey;
    public Range? Data;
    public Range? ExplicitHashKey;
}
