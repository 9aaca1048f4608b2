using System.Globalization;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>What is known of a shard apart from its records; kept in the stream's metadata.</summary>
/// <param name="Index">Its number in the stream, in order of creation.</param>
/// <param name="Range">Hash keys it takes.</param>
/// <param name="Parent">Index of the shard it was split from, or of the first it was merged from.</param>
/// <param name="AdjacentParent">Index of the second shard it was merged from.</param>
/// <param name="CreatedMs">When it was opened, epoch ms.</param>
/// <param name="ClosedMs">When it stopped taking records and its children began, above its last record's arrival, epoch ms; null while open.</param>
/// <param name="EndingCounter">Counter of its ending sequence number, above all its records; null while open.</param>
internal sealed record ShardInfo(
    int Index,
    HashRange Range,
    int? Parent,
    int? AdjacentParent,
    long CreatedMs,
    long? ClosedMs = null,
    long? EndingCounter = null)
{
    private const string Prefix = "shardId-";

    public string Id { get; } = NameOf(Index);

    public static string NameOf(int index) => Prefix + index.ToString("D12", CultureInfo.InvariantCulture);

    /// <summary>Takes what <see cref="NameOf"/> writes.</summary>
    public static bool TryParse(string shardId, out int index)
    {
        index = 0;
        return shardId.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(shardId.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && string.Equals(NameOf(index), shardId, StringComparison.Ordinal);
    }

    /// <summary>The number before the first record's.</summary>
    public SequenceNumber Starting(long streamCreationMs) => new(streamCreationMs, CreatedMs, 0, Index);

    /// <summary>Above all its records, below the numbers of its children; null while open.</summary>
    public SequenceNumber? Ending(long streamCreationMs) => (EndingCounter, ClosedMs) is ({ } counter, { } closedMs)
        ? new SequenceNumber(streamCreationMs, closedMs - 1, counter, Index)
        : null;

    /// <summary>Whether it is gone: closed, and its last record expired.</summary>
    public bool HasExpired(long horizonMs) => ClosedMs < horizonMs;
}
