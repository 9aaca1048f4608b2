using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Gateway.Putting;

/// <summary>
/// The puts of one request, or of one window of it: the shards in parallel and a shard's chunks one after the other, so that records of a key
/// stay in order. What a shard gives back because it moved or closed is routed by a newer map, with all that comes
/// after it.
/// </summary>
internal sealed partial class RequestPut(
    IncomingRecords records, ShardMapCache maps, PutTerms terms, CancellationToken cancellation)
{
    private static readonly TimeSpan FirstRerouteDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRerouteDelay = TimeSpan.FromSeconds(1);

    public Task PutAsync(ShardGroup[] groups, StreamRoutes routes) => PutAsync(groups, routes, new(0, FirstRerouteDelay));

    private Task PutAsync(ShardGroup[] groups, StreamRoutes routes, Round round) => groups.Length == 1
        ? PutAsync(groups[0], routes, round)
        : Task.WhenAll(Array.ConvertAll(groups, group => PutAsync(group, routes, round)));

    private async Task PutAsync(ShardGroup group, StreamRoutes routes, Round round)
    {
        var unsent = group.Records;
        try
        {
            List<int> moved = [];
            while (unsent.Count > 0 && moved.Count == 0)
            {
                if (terms.Expiry.IsOver)
                {
                    records.Fail(unsent, Problem.ShardFallsBehind);
                    return;
                }

                var chunk = FramePacker.Pack(records, unsent, group.Target);
                unsent = unsent[chunk.Records.Count..];
                var id = terms.Ids.Next(group.Target, round.Number, chunk.Frames);
                var answer = await new ChunkPut(id, chunk, group.Target, routes.Map.Version, terms).RunAsync(cancellation);
                if (!GoesOn(answer, chunk, moved, group.Target))
                {
                    records.Fail(unsent, ProblemOf(answer, group.Target));
                    return;
                }
            }

            if (moved.Count > 0)
            {
                moved.AddRange(unsent);
                unsent = [];
                await RerouteAsync([.. moved], routes, round);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // A fault of one shard's producer must not take the outcomes of the other shards with it.
            LogPutFailed(terms.Logger, failure, group.Records.Count, terms.Stream, group.Target.Shard.Id);
            records.Fail(unsent, Problem.NotSentInTime);
            FailOpen(group.Records);
        }
        finally
        {
            // However this ended, the others must not wait for this shard's first answer.
            terms.FirstAnswers.Taken();
        }
    }

    /// <summary>Books the end of a put; whether the shard's next records may follow it.</summary>
    private bool GoesOn(in ChunkAnswer answer, in PackedChunk chunk, List<int> moved, ShardTarget target)
    {
        if (answer.MayBeWritten)
        {
            records.MarkMayBeWritten(chunk.Records);
        }

        switch (answer.End)
        {
            case ChunkEnd.Settled:
                OutcomeMerger.Merge(records, chunk.Records, answer.Runs, moved);
                return true;
            case ChunkEnd.Moved:
                moved.AddRange(chunk.Records);
                return true;
            default:
                records.Fail(chunk.Records, ProblemOf(answer, target));
                return false;
        }
    }

    private async Task RerouteAsync(int[] positions, StreamRoutes stale, Round round)
    {
        var delay = round.Delay;
        var lookup = await maps.GetNewerAsync(stale);
        if (lookup.Routes is not { } routes)
        {
            if (!lookup.IsOutage)
            {
                records.Fail(positions, lookup.Problem!);
                return;
            }

            routes = stale;
        }

        if (routes.Map.Version == stale.Map.Version)
        {
            // The shard's producer moves to another silo, or the service does not show the new shards yet.
            await Task.Delay(delay, terms.Time, cancellation);
            delay = 2 * delay < LongestRerouteDelay ? 2 * delay : LongestRerouteDelay;
        }

        if (terms.Expiry.IsOver)
        {
            records.Fail(positions, Problem.NotSentInTime);
            return;
        }

        var groups = RecordRouter.Route(
            records, positions, routes, FramePacker.ChunkBytes, terms.Time.GetTimestamp(), terms.Ids.KeylessTurn);
        await PutAsync(groups, routes, new(round.Number + 1, delay));
    }

    private static Problem ProblemOf(in ChunkAnswer answer, ShardTarget target) => answer.End == ChunkEnd.Busy
        ? Problem.ShardBusy(target.Shard.Id, answer.RetryAfter)
        : Problem.NotSentInTime;

    private void FailOpen(ReadOnlySpan<int> positions)
    {
        foreach (var position in positions)
        {
            if (!records.OutcomeOf(position).IsKnown)
            {
                records.Fail(position, Problem.OutcomeUnknown);
            }
        }
    }

    /// <summary>How often the records were routed before, and how long to wait until they are routed again by the same map.</summary>
    private readonly record struct Round(int Number, TimeSpan Delay);

    [LoggerMessage(LogLevel.Error, "A put of {Count} records to {Stream}/{Shard} failed in a way that it should not.")]
    private static partial void LogPutFailed(ILogger logger, Exception failure, int count, string stream, string shard);
}
