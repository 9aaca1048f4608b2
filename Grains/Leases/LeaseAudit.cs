using DataProcessor.Grains.Reading;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Leases;

/// <summary>
/// Compares an application's leases with the shards of its stream, and puts right what differs:
/// <code>
/// 1 read all leases ─▶ 2 count what is lost: shards past their retention, former creations of the stream
///                   ─▶ 3 make what is missing (LeasePlan) ─▶ 4 delete what nobody needs
/// </code>
/// A crash in between leaves a table from which the next audit goes on. Losses are counted when their lease is closed,
/// so each counts once. An application does not need one while nothing is wrong: readers make their children's leases.
/// </summary>
internal sealed partial class LeaseAudit(LeaseTable leases, string application, ReaderInstruments instruments, ILogger logger)
{
    /// <summary>Writes on their way at the same time: a first start makes a lease per shard.</summary>
    private const int MaxConcurrentWrites = 32;

    /// <summary>Of one audit, one after the other; there is no hurry.</summary>
    private const int MostDeletions = 50;

    /// <param name="map">The stream as it is.</param>
    /// <param name="running">Ids of the shards that are being read: their readers make a row that was deleted anew.</param>
    /// <param name="initial">Where the application starts in what it knows nothing of.</param>
    /// <param name="cancellationToken">Cancels the audit, at any point.</param>
    /// <returns>The leases afterwards, and the running shards whose rows are gone.</returns>
    /// <exception cref="Storage.StoreException">The store failed.</exception>
    public async ValueTask<(LeaseCoverage Coverage, IReadOnlyList<string> Deleted)> RunAsync(
        ShardMap map, IReadOnlyCollection<string> running, Checkpoint initial, CancellationToken cancellationToken)
    {
        var survey = await leases.SurveyAsync(map.Stream, cancellationToken); // 1
        var deleted = running.Where(id => !survey.Leases.ContainsKey(id)).ToArray();
        var known = new Dictionary<string, Lease?>(survey.Leases);
        foreach (var id in deleted)
        {
            known[id] = null;
        }

        if (survey.Former.Count > 0)
        {
            // Whoever read the stream before it was made anew has read nothing of what it is now.
            initial = Checkpoint.TrimHorizon;
        }

        var plan = LeasePlan.For(map.Shards, known, initial);
        await CloseAsync([.. survey.Former.Where(lease => !lease.IsFinished)], LogRecreated, map.Stream.Name, cancellationToken); // 2
        await CloseAsync(plan.Lost, LogTrimmed, map.Stream.Name, cancellationToken);
        await MakeAsync(map.Stream, plan.Missing, isFirst: survey.Leases.Count == 0, cancellationToken); // 3
        if (plan.Missing.Count == 0)
        {
            await DeleteAsync([.. plan.Obsolete, .. survey.Former.Where(lease => lease.IsFinished)], cancellationToken); // 4
        }

        var leased = known.Keys.Concat(plan.Missing.Select(missing => missing.Shard.Id)).ToHashSet();
        var finished = survey.Leases.Values.OfType<Lease>().Where(lease => lease.IsFinished).Select(lease => lease.ShardId).ToHashSet();
        return (new(map.Stream, leased, finished), deleted);
    }

    /// <summary>Ends leases that can never be read on.</summary>
    private Task CloseAsync(
        IReadOnlyList<Lease> lost, Action<ILogger, string, string, string, string> log, string streamName, CancellationToken cancellationToken) =>
        ForEachAsync(
            lost,
            async (lease, token) =>
            {
                if ((await leases.CompleteAsync(lease, [], token)).Succeeded)
                {
                    instruments.For(application, streamName, lease.ShardId).OnPositionLost();
                    log(logger, application, streamName, lease.ShardId, lease.Checkpoint.ToString());
                }
            },
            cancellationToken);

    private async ValueTask MakeAsync(
        StreamIdentity stream, IReadOnlyList<PlannedLease> missing, bool isFirst, CancellationToken cancellationToken)
    {
        if (missing.Count == 0)
        {
            return;
        }

        if (isFirst)
        {
            LogFirstStart(logger, application, stream.Name, missing.Count, missing[0].Start);
        }
        else
        {
            LogHole(logger, application, stream.Name, string.Join(", ", missing.Take(10).Select(lease => $"{lease.Shard.Id} at {lease.Start}")), missing.Count);
        }

        await ForEachAsync(
            missing, async (lease, token) => await leases.CreateAsync(stream, lease.Shard, lease.Start, token), cancellationToken);
    }

    /// <summary>On the caller's scheduler, a simulation's too: Parallel.ForEachAsync would know a TaskScheduler only.</summary>
    private static async Task ForEachAsync<T>(
        IReadOnlyList<T> items, Func<T, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
    {
        foreach (var some in items.Chunk(MaxConcurrentWrites))
        {
            await Task.WhenAll(some.Select(item => write(item, cancellationToken).AsTask()));
        }
    }

    private async ValueTask DeleteAsync(Lease[] unneeded, CancellationToken cancellationToken)
    {
        foreach (var lease in unneeded.Take(MostDeletions))
        {
            if (await leases.DeleteAsync(lease, cancellationToken))
            {
                LogDeleted(logger, application, lease.Key);
            }
        }
    }
}
