using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Processing;

/// <summary>Which shards are to be read: those with leases.</summary>
internal sealed partial class ApplicationGrain
{
    /// <summary>As KCL's. Readers make the leases of their shards' children, so only what others did waits that long.</summary>
    private static readonly TimeSpan AuditInterval = TimeSpan.FromMinutes(2);

    /// <summary>How soon an audit that failed is made again.</summary>
    private static readonly TimeSpan AuditRetryInterval = TimeSpan.FromSeconds(5);

    /// <summary>Longest audit: a call of this grain has 10 s.</summary>
    private static readonly TimeSpan AuditTimeout = TimeSpan.FromSeconds(4);

    private LeaseCoverage? _coverage;
    private StreamIdentity? _audited;
    private long _auditedAt;
    private TimeSpan _auditValidFor;
    private string? _auditFailure;

    /// <summary>Without leases nothing is started, and with those in hand the readers go on: the store may be down.</summary>
    private async Task AuditLeases(ShardMap map)
    {
        if (_audited == map.Stream && time.GetElapsedTime(_auditedAt) < _auditValidFor)
        {
            return;
        }

        _coverage = _audited == map.Stream ? _coverage : null;
        using var limit = new CancellationTokenSource(AuditTimeout, time);
        try
        {
            var running = _statuses.Values.Where(IsToBeRead).Where(status => status.Silo is not null).Select(status => status.ShardId).ToArray();
            var audit = new LeaseAudit(leases.For(_key.Application), _key.Application, instruments, logger);
            (_coverage, var deleted) = await audit.RunAsync(map, running, readerOptions.Value.InitialCheckpoint, limit.Token);
            await Task.WhenAll(deleted.Select(shardId => Restart(map, shardId)));
            (_auditFailure, _auditValidFor) = (null, AuditInterval);
        }
        catch (Exception e) when (e is StoreException or OrleansException or TimeoutException or OperationCanceledException)
        {
            _auditFailure = e is OperationCanceledException ? $"no answer within {AuditTimeout}" : e.Message;
            _auditValidFor = AuditRetryInterval;
            LogAuditFailed(_key.ToString(), AuditRetryInterval, _auditFailure);
        }

        (_audited, _auditedAt) = (map.Stream, time.GetTimestamp());
    }

    /// <summary>Somebody has deleted the lease of a shard that is being read: its reader, when it stops, makes it anew where it is.</summary>
    private Task Restart(ShardMap map, string shardId)
    {
        LogLeaseDeleted(_key.ToString(), shardId);
        return ShardGrain(map, map.Find(shardId)).Stop();
    }

    /// <returns>Why the shard is not to be read, or not yet; null if it is.</returns>
    private ShardStatus? WithoutReader(ShardMap map, Shard shard)
    {
        if (_coverage is null)
        {
            return ShardStatuses.Idle(shard.Id, ShardState.Stopped) with { LastError = $"The leases are not known: {_auditFailure}" };
        }

        return ReadingOrder.WithoutReader(map, shard, _coverage, StateOf) is { } state ? ShardStatuses.Idle(shard.Id, state) : null;
    }

    private void OnFinished(Shard shard)
    {
        _coverage?.OnFinished(shard.Id);
        if (shard.IsOpen)
        {
            // By the map in hand: its children are to start at once.
            _mapValidFor = TimeSpan.Zero;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Application {Application}: the leases cannot be compared with the shards; trying again in {Delay}: {Reason}")]
    private partial void LogAuditFailed(string application, TimeSpan delay, string reason);

    [LoggerMessage(LogLevel.Warning, "Application {Application}: the lease of shard {ShardId} was deleted; its reader makes it anew and starts again")]
    private partial void LogLeaseDeleted(string application, string shardId);
}
