using DataProcessor.Aws.Kinesis;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Topology;

/// <summary>
/// Announced splits and merges:
/// <code>
/// 1 is it done, can it be done? ─▶ 2 announce ─▶ 3 call Kinesis ─▶ 4 wait until ACTIVE ─▶ 5 new map ─▶ 6 tell producers
/// </code>
/// Nothing is stored: whoever calls again after a failure begins at 1, where the map tells what became of it.
/// </summary>
internal sealed partial class StreamGrain
{
    /// <summary>The service takes about half a minute for a split; the call's time-out is 120 s.</summary>
    private static readonly TimeSpan ActiveWithin = TimeSpan.FromSeconds(90);

    /// <summary>DescribeStreamSummary may be called 20 times a second in an account, by others too.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

    private bool _isResharding;

    public Task<ReshardResult> SplitShard(string shardId, HashKey at) => Reshard(ReshardPlan.Split(shardId, at));

    public Task<ReshardResult> MergeShards(string shardId, string adjacentShardId) =>
        Reshard(ReshardPlan.Merge(shardId, adjacentShardId));

    private async Task<ReshardResult> Reshard(ReshardPlan plan)
    {
        if (_isResharding)
        {
            return ReshardResult.Not(ReshardStatus.Busy, $"Another split or merge of {StreamName} is under way.");
        }

        _isResharding = true;
        try
        {
            var result = await ReshardOnce(plan);
            LogReshard(StreamName, plan.Border is null ? "merge" : "split", string.Join('+', plan.Parents), result.Status, result.Reason);
            return result;
        }
        catch (Exception e) when (e is StreamUnavailableException or KinesisException)
        {
            // The shards cannot be listed, or half of the change shows already.
            return ReshardResult.Not(ReshardStatus.UnderWay, $"The shards of {StreamName} cannot be told: {e.Message}");
        }
        finally
        {
            _isResharding = false;
        }
    }

    private async Task<ReshardResult> ReshardOnce(ReshardPlan plan)
    {
        var map = await Refresh(); // 1
        if (plan.ChildrenIn(map) is { Length: > 0 } known)
        {
            await TellProducers(map, [.. plan.Parents.Concat(known.Select(child => child.Id))]);
            return ReshardResult.Done(known);
        }

        if (plan.ReasonAgainst(map) is { } reason)
        {
            return ReshardResult.Not(ReshardStatus.Refused, reason);
        }

        if (plan.Border is { } border && await Announce(map, plan.Parents[0], border) is { } unready) // 2
        {
            return ReshardResult.Not(ReshardStatus.NotReady, unready);
        }

        var failure = await CallKinesis(plan); // 3
        if (failure is not null && failure.Status != ReshardStatus.UnderWay && failure.Status != ReshardStatus.Busy)
        {
            return failure;
        }

        var isActive = await WaitUntilActive(); // 4
        map = await Refresh(); // 5
        if (plan.ChildrenIn(map) is { Length: > 0 } children)
        {
            await TellProducers(map, [.. plan.Parents.Concat(children.Select(child => child.Id))]); // 6
            return ReshardResult.Done(children);
        }

        return failure ?? ReshardResult.Not(
            ReshardStatus.UnderWay,
            isActive ? "Kinesis does not list the new shards yet." : $"{StreamName} is not ACTIVE after {ActiveWithin.TotalSeconds} s.");
    }

    /// <summary>
    /// Also leaves a note in the map, for a producer that is activated anew in the meantime. It stays until the shards
    /// change: where no split follows, it costs a second lane.
    /// </summary>
    /// <returns>Why the producer is not ready; null if it is.</returns>
    private async Task<string?> Announce(ShardMap map, string parent, HashKey border)
    {
        _map = new(map.Stream, map.Version, map.Shards, [border], map.MaxRecordSize);
        try
        {
            var answers = await Task.WhenAll(Owners(map, parent, border).Select(owner => Producer(map, owner).Announce([border])));
            return Array.TrueForAll(answers, isReady => isReady)
                ? null
                : $"An aggregate that straddles {border} is still on its way to {parent}.";
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or InvalidOperationException)
        {
            return $"The producer of {parent} cannot be told: {e.Message}";
        }
    }

    /// <summary>
    /// The shard, and those before it that owned the border: after a quick series of splits and merges their producers
    /// may still have records to send, which land here.
    /// </summary>
    private static List<string> Owners(ShardMap map, string shardId, HashKey border)
    {
        List<string> owners = [];
        for (var shard = map.Find(shardId); shard is not null;)
        {
            owners.Add(shard.Id);
            var parents = shard.Parents;
            shard = Array.Find(map.Shards, earlier => parents.Contains(earlier.Id) && earlier.Range.Contains(border));
        }

        return owners;
    }

    /// <returns>
    /// What went wrong. UnderWay: the call may have had its effect. Busy: so may one before it, whose answer was lost.
    /// </returns>
    private async Task<ReshardResult?> CallKinesis(ReshardPlan plan)
    {
        try
        {
            await (plan.Border is { } border
                ? kinesis.SplitShardAsync(StreamName, plan.Parents[0], border.ToString(), CancellationToken.None)
                : kinesis.MergeShardsAsync(StreamName, plan.Parents[0], plan.Parents[1], CancellationToken.None));
            return null;
        }
        catch (KinesisException e)
        {
            var status = e switch
            {
                { IsOutcomeUnknown: true } => ReshardStatus.UnderWay,
                { ErrorCode: "ResourceInUseException" } => ReshardStatus.Busy,
                { ErrorCode: "LimitExceededException" or "ThrottlingException" } => ReshardStatus.LimitExceeded,
                { StatusCode: >= 400 and < 500 } => ReshardStatus.Refused,
                _ => ReshardStatus.NotReady,
            };
            return ReshardResult.Not(status, e.Message);
        }
    }

    private async Task<bool> WaitUntilActive()
    {
        var began = time.GetTimestamp();
        for (var wait = FirstLook; ; wait = wait * 2 < LongestLook ? wait * 2 : LongestLook)
        {
            try
            {
                if ((await kinesis.DescribeStreamSummaryAsync(StreamName, CancellationToken.None)).Status == "ACTIVE")
                {
                    return true;
                }
            }
            catch (KinesisException e) when (e.ErrorCode != NoStream)
            {
                LogNoStatus(e, StreamName);
            }

            if (time.GetElapsedTime(began) >= ActiveWithin)
            {
                return false;
            }

            await Task.Delay(wait, time);
        }
    }

    /// <summary>Producers that cannot be told find out by a record that lands elsewhere.</summary>
    private async Task TellProducers(ShardMap map, IEnumerable<string> shardIds)
    {
        try
        {
            await Task.WhenAll(shardIds.Select(shardId => Producer(map, shardId).Follow(map)));
        }
        catch (Exception e)
        {
            LogNotTold(e, StreamName, map.Version);
        }
    }

    private IProducerGrain Producer(ShardMap map, string shardId) =>
        GrainFactory.GetGrain<IProducerGrain>(map.Stream.ProducerKey(shardId));

    [LoggerMessage(LogLevel.Information, "Stream {Stream}: {Operation} of {Shards}: {Status} {Reason}")]
    private partial void LogReshard(string stream, string operation, string shards, ReshardStatus status, string? reason);

    [LoggerMessage(LogLevel.Warning, "Stream {Stream}: its status could not be read while it is being resharded; asking again.")]
    private partial void LogNoStatus(Exception exception, string stream);

    [LoggerMessage(LogLevel.Warning, "Stream {Stream}: not every producer could be told of map version {Version}; they find out by themselves.")]
    private partial void LogNotTold(Exception exception, string stream, long version);
}
