using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>What became of the entries of a put.</summary>
internal readonly record struct PutTally(int Failed)
{
    /// <summary>Counts them, also in the server's counters.</summary>
    public static PutTally Count(ReadOnlySpan<PutEntry> entries, LocalKinesisCounters counters)
    {
        int stored = 0, inverted = 0, throttled = 0, refused = 0;
        long bytes = 0;
        foreach (ref readonly var entry in entries)
        {
            switch (entry.Outcome)
            {
                case PutOutcome.Stored:
                    stored++;
                    inverted += entry.IsInverted ? 1 : 0;
                    bytes += entry.Key.Length + entry.Data.Length;
                    break;
                case PutOutcome.Throttled:
                    throttled++;
                    break;
                case PutOutcome.Full or PutOutcome.Failed:
                    refused++;
                    break;
                default:
                    break; // Counted when it was injected.
            }
        }

        counters.OnStored(stored, bytes);
        counters.OnInjectedInversions(inverted);
        counters.OnRecordsThrottled(throttled);
        counters.OnRecordsRefused(refused);
        return new PutTally(entries.Length - stored);
    }

    /// <summary>The error of an entry that was not stored.</summary>
    public static ServiceException ErrorOf(in PutEntry entry, string stream, StreamCatalog catalog) => entry.Outcome switch
    {
        PutOutcome.Full => ServiceErrors.Internal(ServiceErrors.FullMessage(catalog.Quota.Limit)),
        PutOutcome.Failed => ServiceErrors.Internal("The local Kinesis could not write the record; its log has the reason."),
        _ => ServiceErrors.RateExceeded(entry.Shard.Info.Id, stream, catalog.AccountId),
    };
}
