using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

/// <summary>
/// Where the next page of a shard begins. All ways to read the shard share one, so that each goes on where the other
/// has stopped.
/// </summary>
internal sealed partial class ReadPosition(
    string streamName,
    string shardId,
    DateTimeOffset? initialTime,
    TimeProvider time,
    ShardInstruments instruments,
    ILogger logger)
{
    private const string InvalidArgument = "InvalidArgumentException";

    /// <summary>The record that the first page has to begin with; none once it has come.</summary>
    private SequenceNumber _expected;

    public ShardIteratorStart Start { get; private set; }

    /// <summary>Whether the position that was sought is gone.</summary>
    public bool IsLost { get; private set; }

    public void Seek(Checkpoint checkpoint)
    {
        IsLost = false;
        _expected = checkpoint.Position.SequenceNumber;
        Start = checkpoint.Kind switch
        {
            CheckpointKind.Position => ShardIteratorStart.At(_expected.Value),
            CheckpointKind.Latest => ShardIteratorStart.Latest,
            CheckpointKind.AtTimestamp when initialTime is { } start => ShardIteratorStart.AtTime(start),

            // AT_TIMESTAMP's time is in the configuration, not in the lease: without it, the oldest record misses nothing.
            _ => ShardIteratorStart.TrimHorizon,
        };
    }

    /// <summary>The service has taken the position.</summary>
    public void OnTaken()
    {
        if (Start == ShardIteratorStart.Latest)
        {
            // Should it have to be asked for again before a record comes, "latest" would then be later than it is now.
            Start = ShardIteratorStart.AtTime(time.GetUtcNow());
        }
    }

    /// <summary>The service has refused the position.</summary>
    /// <returns>Whether that is why: then <see cref="Start"/> is the oldest record.</returns>
    public bool OnRefused(KinesisException refusal)
    {
        if (refusal.ErrorCode != InvalidArgument || Start.SequenceNumber is null)
        {
            return false;
        }

        OnLost(refusal.Message);
        return true;
    }

    /// <summary>The page is handed over; the next begins after the continuation.</summary>
    /// <param name="records">The page's.</param>
    /// <param name="continuation">Null leaves the position where it is.</param>
    public void Advance(KinesisRecord[] records, string? continuation)
    {
        if (records.Length > 0)
        {
            // Some services begin at the oldest record instead of refusing a position that they no longer keep.
            if (!_expected.IsNone && _expected < new SequenceNumber(records[0].SequenceNumber))
            {
                OnLost($"The first record is {records[0].SequenceNumber}.");
            }

            _expected = default;
        }

        if (continuation is not null)
        {
            Start = ShardIteratorStart.After(continuation);
        }
    }

    private void OnLost(string reason)
    {
        LogPositionLost(logger, streamName, shardId, Start.SequenceNumber ?? "", reason);
        instruments.OnPositionLost();
        IsLost = true;
        _expected = default;
        Start = ShardIteratorStart.TrimHorizon;
    }
}
