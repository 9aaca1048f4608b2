using System.Diagnostics;

namespace DataProcessor.Grains.Producing;

/// <summary>The instruments with one shard's tags.</summary>
internal sealed class ProducerMeter(ProducerInstruments instruments, TagList tags)
{
    private readonly TagList _tags = tags;

    public void OnReceived(int records) => instruments.Received.Add(records, _tags);

    public void OnSettled(in PutRun run)
    {
        var tags = _tags;
        if (run.Outcome != PutOutcome.Stored)
        {
            tags.Add("error.type", run.Outcome switch
            {
                PutOutcome.Moved => "moved",
                PutOutcome.Rejected => "rejected",
                PutOutcome.Unknown => "unknown",
                _ => "expired",
            });
        }

        instruments.Sent.Add(run.Count, tags);
    }

    public void OnStored(int bytes)
    {
        instruments.KinesisRecords.Add(1, _tags);
        instruments.KinesisBytes.Add(bytes, _tags);
    }

    public void OnFailed(SendResult result)
    {
        switch (result)
        {
            case SendResult.Throttled:
                instruments.Throttled.Add(1, _tags);
                break;
            case SendResult.Unknown:
                instruments.Unanswered.Add(1, _tags);
                break;
        }
    }

    public void OnRetry() => instruments.Retries.Add(1, _tags);

    public void OnMisrouted() => instruments.Misrouted.Add(1, _tags);

    public void OnInversion() => instruments.Inversions.Add(1, _tags);
}
