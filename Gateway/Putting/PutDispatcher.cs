using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway.Putting;

/// <summary>Stage 3: lets records in by the share of each shard, and puts them.</summary>
internal sealed class PutDispatcher(
    ShardMapCache maps,
    TimeProvider time,
    IOptions<GatewayOptions> options,
    GatewayMetrics metrics,
    ILogger<PutDispatcher> logger)
{
    /// <summary>Puts the records of a request that is read whole. Returns when every record has its outcome.</summary>
    /// <exception cref="OperationCanceledException">The client is gone; what is taken stays taken.</exception>
    public Task PutAsync(IncomingRecords records, StreamRoutes routes, CancellationToken cancellation) =>
        PutAsync(records, routes, PutMode.Whole, PutIds.Random, cancellation);

    /// <summary>Returns when every record has its outcome. Records in trouble from the start have it when this returns.</summary>
    /// <param name="records">The records; those without an outcome are put.</param>
    /// <param name="routes">Where to.</param>
    /// <param name="mode">What full buffers mean.</param>
    /// <param name="ids">How the puts are named.</param>
    /// <param name="cancellation">The client is gone.</param>
    /// <exception cref="OperationCanceledException">The client is gone; what is taken stays taken.</exception>
    public async Task PutAsync(
        IncomingRecords records, StreamRoutes routes, PutMode mode, PutIds ids, CancellationToken cancellation)
    {
        if (mode == PutMode.Whole && ids == PutIds.Random && records.Count == 1
            && records.FrameLengthOf(0) <= PutGathering.MostRecordBytes)
        {
            await PutSharedAsync(records, routes);
            return;
        }

        var groups = RecordRouter.Route(
            records, records.Open(), routes, FramePacker.ChunkBytes, time.GetTimestamp(), ids.KeylessTurn);
        groups = mode == PutMode.Rest
            ? await WaitForSharesAsync(records, groups, cancellation)
            : TakeShares(records, groups, mode);
        try
        {
            var terms = TermsFor(groups.Length, routes, ids);
            if (mode != PutMode.Whole)
            {
                terms.FirstAnswers.Taken();
            }

            await new RequestPut(records, maps, terms, cancellation).PutAsync(groups, routes);
        }
        finally
        {
            ReturnShares(groups);
        }
    }

    /// <summary>Puts records that have their shares. Returns when each has its outcome.</summary>
    public Task PutAsync(IncomingRecords records, ShardGroup group, StreamRoutes routes) =>
        new RequestPut(records, maps, TermsFor(shards: 1, routes, PutIds.Random), CancellationToken.None).PutAsync([group], routes);

    /// <summary>
    /// Puts the one record of a request together with those of others. A client that goes away changes nothing: the record
    /// is taken, and holds its share until it is settled.
    /// </summary>
    private async Task PutSharedAsync(IncomingRecords records, StreamRoutes routes)
    {
        var target = TargetOf(records, routes);
        var bytes = records.FrameLengthOf(0);
        if (!target.InFlight.TryTake(bytes))
        {
            records.Fail(0, Problem.ShardBusy(target.Shard.Id, TimeSpan.FromSeconds(1)));
            return;
        }

        try
        {
            var put = target.Gathering.Add(records.FrameOf(0), target, routes, this, out var position);
            var outcomes = await put.Settled;
            records.Settle(0, outcomes[position]);
        }
        finally
        {
            target.InFlight.Release(bytes);
        }
    }

    private ShardTarget TargetOf(IncomingRecords records, StreamRoutes routes)
    {
        var frame = RecordFrame.Read(records.FrameOf(0));
        return frame.IsKeyless ? routes.NextKeylessSingle(time.GetTimestamp()) : routes.Targets[routes.Map.IndexOf(frame.HashKey)];
    }

    private PutTerms TermsFor(int shards, StreamRoutes routes, PutIds ids) => new(
        routes.Map.Stream.Name,
        new Deadline(time, options.Value.RecordTtl),
        options.Value.BusyPatience,
        new FirstAnswers(shards),
        ids,
        time,
        metrics,
        logger);

    /// <summary>Takes the shares of all groups, or fails all records because of one that is full.</summary>
    private ShardGroup[] TakeShares(IncomingRecords records, ShardGroup[] groups, PutMode mode)
    {
        var now = time.GetTimestamp();
        var full = mode == PutMode.Accepted && Array.Find(groups, group => group.Target.IsAvoided(now)).Target is { } inTrouble
            ? inTrouble
            : TryTakeShares(groups);
        if (full is null)
        {
            return groups;
        }

        Array.ForEach(groups, group => FailFull(records, group, full));
        return [];
    }

    /// <summary>
    /// All shares at once or none, so that requests cannot wait for each other. When the time is over, what fits goes
    /// and the rest fails.
    /// </summary>
    private async ValueTask<ShardGroup[]> WaitForSharesAsync(
        IncomingRecords records, ShardGroup[] groups, CancellationToken cancellation)
    {
        var patience = new Deadline(time, options.Value.BusyPatience);
        var backOff = new BackOff();
        while (TryTakeShares(groups) is not null)
        {
            if (patience.IsOver)
            {
                return Array.FindAll(groups, group => group.TryTakeShare() || !FailFull(records, group, group.Target));
            }

            await Task.Delay(backOff.Next(), time, cancellation);
        }

        return groups;
    }

    private static bool FailFull(IncomingRecords records, in ShardGroup group, ShardTarget full)
    {
        records.Fail(group.Records, Problem.ShardBusy(full.Shard.Id, TimeSpan.FromSeconds(1)));
        return true;
    }

    /// <summary>Takes each group's bytes from its shard's share: all, or none and the shard that is full.</summary>
    private static ShardTarget? TryTakeShares(ShardGroup[] groups)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            if (!groups[i].TryTakeShare())
            {
                ReturnShares(groups.AsSpan(0, i));
                return groups[i].Target;
            }
        }

        return null;
    }

    private static void ReturnShares(ReadOnlySpan<ShardGroup> groups)
    {
        foreach (var group in groups)
        {
            group.Target.InFlight.Release(group.Bytes);
        }
    }
}
