using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;

namespace DataProcessor.Grains.Processing;

/// <summary>Which silo reads which shard.</summary>
internal sealed partial class ApplicationGrain
{
    private readonly HashSet<string> _leaving = [];

    public async Task<int> Leave(SiloAddress silo)
    {
        var address = silo.ToParsableString();
        if (_leaving.Add(address))
        {
            LogLeaving(_key.ToString(), address);
        }

        await Visit();
        return Running().Count(shard => shard.Silo == address);
    }

    /// <summary>The silos that take shards: those in the cluster that have not said that they leave.</summary>
    private string[] Silos()
    {
        var active = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => member.SiloAddress.ToParsableString())
            .ToArray();
        _leaving.IntersectWith(active);
        return [.. active.Except(_leaving)];
    }

    private PlacedShard[] Running() =>
        [.. _statuses.Values.Where(IsToBeRead).Select(status => new PlacedShard(status.ShardId, status.Silo))];

    private static bool IsToBeRead(ShardStatus status) => status.State is not (ShardState.Finished or ShardState.NotRead or ShardState.WaitingForParents);

    /// <summary>Where the readers that do not run are to start; empty when the last silo is leaving.</summary>
    private Dictionary<string, string> Homes(ShardMap map)
    {
        var silos = Silos();
        var shards = map.Shards
            .Where(shard => !_statuses.TryGetValue(shard.Id, out var status) || status.State is not (ShardState.Finished or ShardState.NotRead))
            .Select(shard => new PlacedShard(shard.Id, _statuses.GetValueOrDefault(shard.Id)?.Silo))
            .ToArray();
        return silos.Length == 0 ? [] : ShardPlacement.Homes(silos, shards);
    }

    /// <summary>Moves what is due, and starts it again where it went: without this its pause would last until the next nudge.</summary>
    private async Task Rebalance(ShardMap map)
    {
        var silos = Silos();
        if (silos.Length == 0)
        {
            return;
        }

        var moves = _placement.NextMoves(silos, Running());
        await Task.WhenAll(moves.Select(move => Move(map, map.Find(move.ShardId), move.To)));
    }

    private async Task Move(ShardMap map, Shard shard, string to)
    {
        try
        {
            if (!await ShardGrain(map, shard).MoveTo(SiloAddress.FromParsableString(to)))
            {
                return;
            }
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            LogNotRunning(e, _key.ToString(), shard.Id);
            return;
        }

        _placement.OnMoved(shard.Id);
        var from = _statuses[shard.Id].Silo;
        _statuses[shard.Id] = await VisitShard(map, shard, to);
        LogMoved(_key.ToString(), shard.Id, from, _statuses[shard.Id].Silo);
    }

    /// <summary>Flows with this method's calls only.</summary>
    private static void Hint(string? silo)
    {
        if (silo is not null)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(silo));
        }
    }

    [LoggerMessage(LogLevel.Information, "Application {Application}: {Silo} leaves; its shards move to the others")]
    private partial void LogLeaving(string application, string silo);

    [LoggerMessage(LogLevel.Information, "Application {Application}: shard {ShardId} moved from {From} to {To}")]
    private partial void LogMoved(string application, string shardId, string? from, string? to);
}
