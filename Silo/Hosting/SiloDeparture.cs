using Microsoft.Extensions.Options;
using Orleans.Core.Internal;
using Orleans.Runtime.Placement;

namespace DataProcessor.Silo.Hosting;

/// <summary>
/// Empties this silo before it leaves the cluster, while the gateway settles the requests in flight:
/// <code>
/// 1 shard grains move: no new ones come, the checkpoints are written, the leases given back
/// 2 producer grains move: what is not sent is put again by the gateways, at the new place
/// 3 the stream's and the application's grain move
/// </code>
/// What is not done in time happens when Orleans stops, less gently: grains come back where the next call finds a place.
/// </summary>
internal sealed partial class SiloDeparture(
    IGrainFactory grains,
    ILocalSiloDetails silo,
    IClusterMembershipService membership,
    IOptions<DataProcessorOptions> options,
    TimeProvider time,
    ILogger<SiloDeparture> logger) : IHostedLifecycleService
{
    /// <summary>Half of the 30 s that a host and a container have to stop.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(100);

    private readonly IManagementGrain _management = grains.GetGrain<IManagementGrain>(0);
    private Task _departure = Task.CompletedTask;

    private IApplicationGrain Application =>
        grains.GetGrain<IApplicationGrain>($"{options.Value.ApplicationName}/{options.Value.StreamName}");

    // Before anything stops, and beside the gateway's stop, which follows this without waiting.
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _departure = DepartAsync(cancellationToken);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _departure;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task DepartAsync(CancellationToken cancellationToken)
    {
        var others = Others();
        if (others.Length == 0)
        {
            return;
        }

        var began = time.GetTimestamp();
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var producers = MoveProducersAsync(others, either.Token);
            await Task.WhenAll(MoveShardsAsync(either.Token), producers); // 1, 2
            await MoveAsync(Application.GetGrainId(), others[0], either.Token); // 3
            await MoveAsync(grains.GetGrain<IStreamGrain>(options.Value.StreamName).GetGrainId(), others[0], either.Token);
            LogEmptied(await producers, time.GetElapsedTime(began));
        }
        catch (OperationCanceledException)
        {
            LogLate(Patience);
        }
        catch (Exception e)
        {
            // The process stops all the same.
            LogFailed(e);
        }
    }

    private async Task MoveShardsAsync(CancellationToken cancellationToken)
    {
        while (await CountShardsLeftAsync(cancellationToken) > 0)
        {
            await Task.Delay(CheckInterval, time, cancellationToken);
        }
    }

    private async Task<int> CountShardsLeftAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Application.Leave(silo.SiloAddress).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            LogAgain(e);
            return int.MaxValue;
        }
    }

    /// <returns>How many there were.</returns>
    private async Task<int> MoveProducersAsync(SiloAddress[] others, CancellationToken cancellationToken)
    {
        var seen = new HashSet<GrainId>();
        var type = grains.GetGrain<IProducerGrain>("any").GetGrainId().Type;
        while (await FindHereAsync(type, cancellationToken) is { Length: > 0 } found)
        {
            seen.UnionWith(found);
            await Task.WhenAll(found.Select((id, i) => MoveProducerAsync(id, others[i % others.Length], cancellationToken)));
            await Task.Delay(CheckInterval, time, cancellationToken);
        }

        return seen.Count;
    }

    private async Task MoveProducerAsync(GrainId id, SiloAddress to, CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<IProducerGrain>(id.Key.ToString()!).Move(silo.SiloAddress, to).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            LogAgain(e);
        }
    }

    /// <summary>Moves a grain that may be moved at any time between two calls, if it is here.</summary>
    private async Task MoveAsync(GrainId id, SiloAddress to, CancellationToken cancellationToken)
    {
        if ((await FindHereAsync(id.Type, cancellationToken)).Contains(id))
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, to);
            await grains.GetGrain<IGrainManagementExtension>(id).MigrateOnIdle(cancellationToken);
        }
    }

    private async Task<GrainId[]> FindHereAsync(GrainType type, CancellationToken cancellationToken)
    {
        var here = await _management.GetDetailedGrainStatistics(types: null, [silo.SiloAddress], cancellationToken);
        return [.. here.Select(grain => grain.GrainId).Where(id => id.Type == type)];
    }

    private SiloAddress[] Others() =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(silo.SiloAddress))
            .Select(member => member.SiloAddress),
    ];

    [LoggerMessage(LogLevel.Information, "All shards and {Producers} producers moved to the other silos in {Duration}")]
    private partial void LogEmptied(int producers, TimeSpan duration);

    [LoggerMessage(LogLevel.Warning, "Not all of the silo's grains moved within {Patience}; the others take over what is left")]
    private partial void LogLate(TimeSpan patience);

    [LoggerMessage(LogLevel.Information, "A call to move grains away failed; trying again")]
    private partial void LogAgain(Exception exception);

    [LoggerMessage(LogLevel.Error, "The silo's grains could not be moved; the others take over what is left")]
    private partial void LogFailed(Exception exception);
}
