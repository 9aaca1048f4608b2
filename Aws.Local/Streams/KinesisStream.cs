using DataProcessor.Aws.Local.Storage;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>A stream: routes records to its shards and commits them.</summary>
internal sealed partial class KinesisStream : IDisposable
{
    private readonly ILogger _logger;
    private readonly Shard[] _shards;
    private readonly Shard[] _openByRange;

    /// <param name="info">Its metadata.</param>
    /// <param name="activeFromMs">Until then it is CREATING.</param>
    /// <param name="shards">All of its shards, opened, by index.</param>
    /// <param name="logger">For failed writes.</param>
    public KinesisStream(StreamInfo info, long activeFromMs, Shard[] shards, ILogger logger)
    {
        Info = info;
        ActiveFromMs = activeFromMs;
        _shards = shards;
        _logger = logger;
        _openByRange = [.. shards.Where(shard => shard.Info.ClosedMs is null).OrderBy(shard => shard.Info.Range.Start)];
    }

    public StreamInfo Info { get; }

    public long ActiveFromMs { get; }

    public IReadOnlyList<Shard> Shards => _shards;

    public int OpenShardCount => _openByRange.Length;

    public string Status(long nowMs) => nowMs < ActiveFromMs ? "CREATING" : "ACTIVE";

    public Shard? FindShard(string shardId) =>
        Array.Find(_shards, shard => string.Equals(shard.Info.Id, shardId, StringComparison.Ordinal));

    public Shard Route(UInt128 hash)
    {
        int low = 0, high = _openByRange.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _openByRange[middle].Info.Range.Start <= hash ? (middle, high) : (low, middle - 1);
        }

        return _openByRange[low];
    }

    /// <summary>
    /// Puts the entries of one call; returns when all that are marked as stored are durable. False: the stream is being
    /// deleted. Shards are committed on their own, those first that this call writes itself.
    /// </summary>
    public async ValueTask<bool> TryPutAsync(PutEntry[] entries, long nowMs)
    {
        var (order, runs) = GroupByShard(entries);
        var tickets = new CommitTicket[runs.Count];
        var exists = true;
        for (var i = 0; i < runs.Count; i++)
        {
            var (from, count) = runs[i];
            exists &= entries[order[from]].Shard.TryPut(entries, order.AsSpan(from, count), nowMs, out tickets[i]);
        }

        await CommitAsync(leading: true);
        await CommitAsync(leading: false);
        return exists;

        async ValueTask CommitAsync(bool leading)
        {
            for (var i = 0; i < runs.Count; i++)
            {
                var own = order.AsMemory(runs[i].From, runs[i].Count);
                if (tickets[i].Leads == leading && !await TryCommitAsync(entries[own.Span[0]].Shard, tickets[i]))
                {
                    MarkFailed(entries, own.Span);
                }
            }
        }
    }

    public void DeleteExpired(long nowMs)
    {
        foreach (var shard in _shards)
        {
            shard.Log.DeleteExpired(Info.OldestVisibleMs(nowMs));
        }
    }

    public void Dispose()
    {
        foreach (var shard in _shards)
        {
            shard.Dispose();
        }
    }

    private (int[] Order, List<(int From, int Count)> Runs) GroupByShard(PutEntry[] entries)
    {
        // Sorted by shard, then by position: within a shard the order of the request is kept.
        var keys = new long[entries.Length];
        var order = new int[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i].Shard = Route(entries[i].Hash);
            keys[i] = ((long)entries[i].Shard.Info.Index << 32) | (uint)i;
            order[i] = i;
        }

        Array.Sort(keys, order);
        var runs = new List<(int From, int Count)>();
        for (var from = 0; from < order.Length;)
        {
            var to = from + 1;
            while (to < order.Length && keys[to] >> 32 == keys[from] >> 32)
            {
                to++;
            }

            runs.Add((from, to - from));
            from = to;
        }

        return (order, runs);
    }

    private async ValueTask<bool> TryCommitAsync(Shard shard, CommitTicket ticket)
    {
        try
        {
            await shard.Log.CommitAsync(ticket);
            return true;
        }
        catch (Exception e)
        {
            // Whatever it was, the other shards' batches wait for this call to write them.
            LogWriteFailed(e, shard.Info.Id, Info.Name);
            return false;
        }
    }

    private static void MarkFailed(PutEntry[] entries, ReadOnlySpan<int> own)
    {
        foreach (var index in own)
        {
            if (entries[index].Outcome == PutOutcome.Stored)
            {
                entries[index].Outcome = PutOutcome.Failed;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A write to {ShardId} of {StreamName} failed; its records were refused with InternalFailure")]
    private partial void LogWriteFailed(Exception exception, string shardId, string streamName);
}
