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
        var groups = RecordRouter.Route(
            records, records.Open(), routes, FramePacker.ChunkBytes, time.GetTimestamp(), ids.KeylessTurn);
        groups = mode == PutMode.Rest
            ? await WaitForSharesAsync(records, groups, cancellation)
            : TakeShares(records, groups, mode);
        try
        {
            var terms = new PutTerms(
                routes.Map.Stream.Name,
                new Deadline(time, options.Value.RecordTtl),
                options.Value.BusyPatience,
                new FirstAnswers(groups.Length),
                ids,
                time,
                metrics,
                logger);
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
