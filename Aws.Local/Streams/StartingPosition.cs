namespace DataProcessor.Aws.Local.Streams;

/// <summary>Where a reader of a shard starts.</summary>
/// <param name="Type">One of <see cref="Types"/>.</param>
/// <param name="SequenceNumber">Of AT_ and AFTER_SEQUENCE_NUMBER.</param>
/// <param name="TimestampMs">Of AT_TIMESTAMP.</param>
internal readonly record struct StartingPosition(string Type, string? SequenceNumber, long? TimestampMs)
{
    public static readonly string[] Types =
        ["AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"];

    /// <summary>The counter of the first record to read; throws InvalidArgumentException for a number that is not the shard's.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="nowMs">Now.</param>
    /// <param name="account">For the error.</param>
    /// <param name="operation">For the error.</param>
    public long Locate(StreamInfo stream, Shard shard, long nowMs, string account, string operation)
    {
        switch (Type)
        {
            case "LATEST":
                return shard.Log.CommittedCounter + 1;
            case "TRIM_HORIZON":
                return 0;
            case "AT_TIMESTAMP":
                return LocateTime(stream, shard, nowMs);
            default:
                var counter = LocateNumber(stream, shard, account, operation);
                return Type == "AT_SEQUENCE_NUMBER" ? counter : counter + 1;
        }
    }

    private long LocateTime(StreamInfo stream, Shard shard, long nowMs)
    {
        if (TimestampMs is not { } timestamp)
        {
            throw ServiceErrors.InvalidArgument("Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.");
        }

        if (timestamp > nowMs)
        {
            throw ServiceErrors.InvalidArgument(
                $"The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: {timestamp}, currentTimestampInMillis: {nowMs}");
        }

        using var first = shard.Log.Read(0, 1, 1, Math.Max(timestamp, stream.OldestVisibleMs(nowMs)));
        return first.Records is [var record] ? record.Counter : first.NextCounter;
    }

    private long LocateNumber(StreamInfo stream, Shard shard, string account, string operation)
    {
        if (SequenceNumber is null)
        {
            throw ServiceErrors.InvalidArgument(
                $"Must specify startingSequenceNumber parameter for iterator of type {Type}. Current request has no startingSequenceNumber parameter.");
        }

        return Streams.SequenceNumber.TryParse(SequenceNumber, out var number) && IsFrom(number, stream, shard)
            ? number.Counter
            : throw ServiceErrors.InvalidArgument(
                $"StartingSequenceNumber {SequenceNumber} used in {operation} on shard {shard.Info.Id} in stream {stream.Name} "
                + $"under account {account} is invalid because it did not come from this stream.");
    }

    // The counter says where it is, the rest says whether it was given out here. A number whose record has expired cannot be
    // checked to the last digit; it stands for the oldest record that is left.
    private static bool IsFrom(SequenceNumber number, StreamInfo stream, Shard shard)
    {
        if (number.CreationMs != stream.CreationMs || number.ShardIndex != shard.Info.Index)
        {
            return false;
        }

        if (number == shard.Info.Starting(stream.CreationMs) || number == shard.Info.Ending(stream.CreationMs))
        {
            return true;
        }

        if (number.Counter < 1 || number.Counter > shard.Log.CommittedCounter)
        {
            return false;
        }

        using var read = shard.Log.Read(number.Counter, 1, 1, 0);
        return read.Records is not [var record] || record.Counter > number.Counter || record.ArrivalMs == number.ArrivalMs;
    }
}
