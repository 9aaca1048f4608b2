using System.Diagnostics;

namespace DataProcessor.Grains.Reading;

/// <summary><see cref="ReaderInstruments"/> with the tags of one shard.</summary>
internal sealed class ShardInstruments(ReaderInstruments.Instruments instruments, TagList tags)
{
    public void OnPage(TimeSpan duration, long millisBehindLatest)
    {
        instruments.OperationDuration.Record(duration.TotalSeconds, With("messaging.operation.name", "receive"));
        instruments.Lag.Record(millisBehindLatest, tags);
    }

    public void OnPollFailed(TimeSpan duration, string error)
    {
        var failed = With("messaging.operation.name", "receive");
        failed.Add("error.type", error);
        instruments.OperationDuration.Record(duration.TotalSeconds, failed);
    }

    public void OnProcessed(TimeSpan duration, Exception? failure) => instruments.ProcessDuration.Record(
        duration.TotalSeconds, failure is null ? tags : With("error.type", failure.GetType().Name));

    public void OnHandled(int records) => instruments.Consumed.Add(records, tags);

    public void OnDropped(int outOfRange, int duplicates)
    {
        if (outOfRange > 0)
        {
            instruments.OutOfRange.Add(outOfRange, tags);
        }

        if (duplicates > 0)
        {
            instruments.Duplicates.Add(duplicates, tags);
        }
    }

    public void OnPositionLost() => instruments.LostPositions.Add(1, tags);

    /// <param name="outcome"><c>written</c>, <c>refused</c> or <c>failed</c>.</param>
    public void OnCheckpoint(string outcome) => instruments.Checkpoints.Add(1, With("outcome", outcome));

    /// <summary>An event of a subscription has come.</summary>
    public void OnPushed(long millisBehindLatest) => instruments.Lag.Record(millisBehindLatest, tags);

    /// <param name="outcome"><c>accepted</c>, or the error's code.</param>
    public void OnSubscribe(string outcome) => instruments.Subscribes.Add(1, With("outcome", outcome));

    public void OnSubscriptionEnded(SubscriptionEnd reason) => instruments.SubscriptionEnds.Add(1, With("reason", reason switch
    {
        SubscriptionEnd.Renewal => "renewal",
        SubscriptionEnd.Stall => "stall",
        SubscriptionEnd.Takeover => "takeover",
        SubscriptionEnd.Drop => "drop",
        _ => "error",
    }));

    public void OnBridged() => instruments.BridgedPages.Add(1, tags);

    public void OnFellBack() => instruments.Fallbacks.Add(1, tags);

    private TagList With(string name, string value)
    {
        var extended = tags; // A struct: a copy.
        extended.Add(name, value);
        return extended;
    }
}
