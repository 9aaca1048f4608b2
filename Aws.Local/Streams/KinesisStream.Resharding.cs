namespace DataProcessor.Aws.Local.Streams;

/// <summary>
/// Splits and merges. Stored as pending first, so that one that was acknowledged is carried out, also after a crash; carried
/// out by the first call or subscription after it is due: puts to the parents are held off, those on their way finish, and
/// one replacement of the metadata file closes the parents and opens the children.
/// </summary>
internal sealed partial class KinesisStream
{
    private readonly SemaphoreSlim _resharding = new(1);
    private Task _reshard = Task.CompletedTask;

    /// <summary>Makes the stream UPDATING until it is due. Throws ResourceInUseException if it is not ACTIVE.</summary>
    /// <param name="plan">The metadata with the pending reshard.</param>
    /// <param name="nowMs">Now.</param>
    /// <param name="account">For the error.</param>
    /// <returns>The metadata while it is pending; null if the stream is being deleted.</returns>
    public async ValueTask<StreamInfo?> ReshardAsync(Func<StreamInfo, StreamInfo> plan, long nowMs, string account)
    {
        var planned = Update(info => Status(nowMs) is "ACTIVE" ? plan(info) : throw ServiceErrors.NotActive(info.Name, account, Status(nowMs)));
        await SettleAsync(nowMs);
        foreach (var shard in Topology.Shards)
        {
            shard.Subscriptions.Wake(); // They wait for its time, too.
        }

        return planned;
    }

    /// <summary>Carries out the pending reshard if it is due.</summary>
    public async ValueTask SettleAsync(long nowMs)
    {
        if (!IsDue(nowMs))
        {
            return;
        }

        await _resharding.WaitAsync();
        try
        {
            if (IsDue(nowMs) && !_isAbandoned)
            {
                await CarryOutAsync(Info.Pending!.Steps, nowMs);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogReshardFailed(e, Info.Name);
        }
        finally
        {
            _resharding.Release();
        }
    }

    private bool IsDue(long nowMs) => Info.Pending?.DueMs <= nowMs;

    private async ValueTask CarryOutAsync(IReadOnlyList<ReshardStep> steps, long nowMs)
    {
        var before = Topology;
        var parents = steps
            .SelectMany(step => (int[])[step.Shard, step.MergeWith ?? step.Shard])
            .Distinct()
            .Select(before.Find)
            .OfType<Shard>()
            .ToList();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _reshard, done.Task);
        try
        {
            var ends = new Dictionary<int, ShardEnd>();
            foreach (var parent in parents)
            {
                ends.Add(parent.Info.Index, await parent.FreezeAsync());
            }

            Replace(info => info with { Shards = Lineage.Apply(info.Shards, steps, nowMs, index => ends[index]), Pending = null });
        }
        finally
        {
            parents.ForEach(parent => parent.Thaw());
            done.SetResult();
        }
    }

    private void Replace(Func<StreamInfo, StreamInfo> change)
    {
        lock (_changing)
        {
            var next = change(Info);
            var shards = next.Shards.Select(info => Topology.Find(info.Index) ?? _opener.Open(next, info)).ToArray();
            _folders?.Save(next);

            // In this order: who sees a shard closed must find its children.
            Volatile.Write(ref _topology, new Topology(next, shards));
            for (var i = 0; i < shards.Length; i++)
            {
                if (next.Shards[i].ClosedMs is not null)
                {
                    shards[i].Close(next.Shards[i]);
                }
            }
        }
    }
}
