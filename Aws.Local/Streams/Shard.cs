using DataProcessor.Aws.Local.Limits;
using DataProcessor.Aws.Local.Storage;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>One shard: admission by its limits, sequence numbers, its records.</summary>
internal sealed class Shard : IDisposable
{
    private readonly Lock _gate = new();
    private readonly long _streamCreationMs;
    private readonly ShardLimits? _limits;
    private bool _isAbandoned;

    /// <summary>Opens what is stored of it; throws InvalidDataException on damage.</summary>
    /// <param name="info">The shard.</param>
    /// <param name="streamCreationMs">Part of every sequence number.</param>
    /// <param name="limits">Null: none are enforced.</param>
    /// <param name="store">Its segments.</param>
    /// <param name="quota">What its records count against.</param>
    public Shard(ShardInfo info, long streamCreationMs, ShardLimits? limits, SegmentStore store, StorageQuota quota)
    {
        Info = info;
        _streamCreationMs = streamCreationMs;
        _limits = limits;
        Log = new ShardLog(_gate, store, quota, info.CreatedMs);
    }

    public ShardInfo Info { get; }

    public ShardLog Log { get; }

    /// <summary>Admits entries in the given order and appends them; what is refused is marked in its entry.</summary>
    /// <param name="entries">All entries of the call.</param>
    /// <param name="own">Indexes of those for this shard.</param>
    /// <param name="nowMs">Arrival time.</param>
    /// <returns>To be committed before anything is acknowledged. False: the stream is being deleted.</returns>
    public bool TryPut(PutEntry[] entries, ReadOnlySpan<int> own, long nowMs, out CommitTicket ticket)
    {
        lock (_gate)
        {
            ticket = default;
            if (_isAbandoned)
            {
                return false;
            }

            foreach (var index in own)
            {
                Put(ref entries[index], nowMs);
            }

            ticket = Log.TakeTicket();
            return true;
        }
    }

    /// <summary>Null if the shard's read limits refuse it.</summary>
    public ReadBatch? TryRead(long fromCounter, int maxRecords, long maxBytes, long oldestMs)
    {
        lock (_gate)
        {
            if (_limits?.TryRead() == false)
            {
                return null;
            }
        }

        var batch = Log.Read(fromCounter, maxRecords, maxBytes, oldestMs);
        lock (_gate)
        {
            _limits?.HasRead(batch.Bytes);
        }

        return batch;
    }

    public bool TryGetIterator()
    {
        lock (_gate)
        {
            return _limits?.TryGetIterator() != false;
        }
    }

    /// <summary>Refuses puts from now on, waits for those on their way, and closes the files for deletion.</summary>
    public async ValueTask AbandonAsync()
    {
        Task lastCommit;
        lock (_gate)
        {
            _isAbandoned = true;
            lastCommit = Log.LastCommit;
        }

        await lastCommit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Log.Abandon();
    }

    public void Dispose() => Log.Dispose();

    private void Put(ref PutEntry entry, long nowMs)
    {
        if (entry.Outcome == PutOutcome.ThrottledByFault)
        {
            return;
        }

        if (_limits?.TryWrite(entry.Key.Length + entry.Data.Length) == false)
        {
            entry.Outcome = PutOutcome.Throttled;
            return;
        }

        if (!Log.TryAppend(entry.Key.Span, entry.Data.Span, nowMs, out var counter, out var arrivalMs))
        {
            entry.Outcome = PutOutcome.Full;
            return;
        }

        entry.Outcome = PutOutcome.Stored;
        entry.SequenceNumber = new SequenceNumber(_streamCreationMs, arrivalMs, counter, Info.Index);
    }
}
