namespace DataProcessor.Aws.Kinesis;

/// <summary>DescribeStreamSummary's answer, as far as it is used.</summary>
/// <param name="Status">CREATING, ACTIVE, UPDATING or DELETING.</param>
/// <param name="CreatedAt">The stream's creation epoch: tells a stream from one that had its name before.</param>
/// <param name="MaxRecordSizeInKiB">Largest record the stream takes; 1,024 unless changed.</param>
public sealed record StreamSummary(
    string StreamName,
    string StreamArn,
    string Status,
    DateTimeOffset CreatedAt,
    int RetentionPeriodHours,
    int OpenShardCount,
    int MaxRecordSizeInKiB)
{
    /// <summary>The account id inside <see cref="StreamArn"/>.</summary>
    public string AccountId => StreamArn.Split(':') is { Length: > 4 } parts ? parts[4] : "";
}
