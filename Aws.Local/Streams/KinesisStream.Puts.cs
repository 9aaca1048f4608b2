using DataProcessor.Aws.Local.Storage;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>Puts: routes records to shards and commits them.</summary>
internal sealed partial class KinesisStream
{
    /// <summary>
    /// Puts the entries of one call; returns when all that are marked as stored are durable. False: the stream is being
    /// deleted. Those for a shard that is being closed wait and go to its children.
    /// </summary>
    public async ValueTask<bool> TryPutAsync(PutEntry[] entries, long nowMs)
    {
        var left = Enumerable.Range(0, entries.Length).ToArray();
        while (true)
        {
            var (exists, closing) = await PutAsync(entries, left, nowMs);
            if (!exists || closing.Count == 0)
            {
                return exists;
            }

            left = [.. closing];
            await Volatile.Read(ref _reshard);
        }
    }

    /// <summary>Shards are committed on their own, those first that this call writes itself.</summary>
    private async ValueTask<(bool Exists, List<int> Closing)> PutAsync(PutEntry[] entries, int[] own, long nowMs)
    {
        var runs = GroupByShard(entries, own);
        var tickets = new CommitTicket[runs.Count];
        var closing = new List<int>();
        var exists = true;
        for (var i = 0; i < runs.Count; i++)
        {
            var run = own.AsSpan(runs[i].From, runs[i].Count);
            var put = entries[run[0]].Shard.TryPut(entries, run, nowMs, out tickets[i]);
            exists &= put != ShardPut.Gone;
            if (put == ShardPut.Closing)
            {
                closing.AddRange(run);
            }
        }

        await CommitAsync(leading: true);
        await CommitAsync(leading: false);
        return (exists, closing);

        async ValueTask CommitAsync(bool leading)
        {
            for (var i = 0; i < runs.Count; i++)
            {
                var run = own.AsMemory(runs[i].From, runs[i].Count);
                if (tickets[i].Leads == leading && !await TryCommitAsync(entries[run.Span[0]].Shard, tickets[i]))
                {
                    MarkFailed(entries, run.Span);
                }
            }
        }
    }

    /// <summary>Sorts the indexes by shard, then by position: within a shard the order of the request is kept.</summary>
    private List<(int From, int Count)> GroupByShard(PutEntry[] entries, int[] own)
    {
        var topology = Topology;
        var keys = new long[own.Length];
        for (var i = 0; i < own.Length; i++)
        {
            ref var entry = ref entries[own[i]];
            entry.Shard = topology.Route(entry.Hash);
            keys[i] = ((long)entry.Shard.Info.Index << 32) | (uint)own[i];
        }

        Array.Sort(keys, own);
        var runs = new List<(int From, int Count)>();
        for (var from = 0; from < own.Length;)
        {
            var to = from + 1;
            while (to < own.Length && keys[to] >> 32 == keys[from] >> 32)
            {
                to++;
            }

            runs.Add((from, to - from));
            from = to;
        }

        return runs;
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
}
