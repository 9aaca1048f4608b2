using DataProcessor.Grains.Reading;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;

namespace DataProcessor.Grains.Processing;

/// <summary>Gives a <see cref="ShardReader"/> its identity, its scheduler and its life.</summary>
[KeepAlive]
internal sealed partial class ShardGrain(ShardReaderFactory readers, Random random, ILogger<ShardGrain> logger)
    : Grain, IShardGrain, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private ShardReader? _reader;
    private Task _running = Task.CompletedTask;

    public Task<ShardStatus> EnsureRunning(Shard shard, StreamIdentity stream)
    {
        _reader ??= Start(shard, stream);
        var status = _reader.Status with { Silo = SiloAddress };
        if (_running is { IsFaulted: true })
        {
            // The next call finds a new activation, which begins at the checkpoint.
            DeactivateOnIdle();
            status = status with { LastError = _running.Exception.InnerException?.Message };
        }

        return Task.FromResult(status);
    }

    public Task Stop()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<bool> MoveTo(SiloAddress silo)
    {
        // Sooner after its subscription the service would refuse the next reader's: ask again.
        if (GrainContext.Address.SiloAddress!.Equals(silo) || _reader?.SinceLastSubscribe < FanOutRules.MinDistance)
        {
            return Task.FromResult(false);
        }

        // The position travels by the checkpoint that a clean stop writes: the lease is to be taken anew in any case.
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        this.MigrateOnIdle();
        return Task.FromResult(true);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Not CancelAsync, which would run the reader's callbacks on the thread pool.
        _stop.Cancel();

        // The reader bounds its own stop by ReaderOptions.StopTimeout.
        await Task.WhenAny(_running);
        if (_reader is { } reader)
        {
            await reader.DisposeAsync();
        }
    }

    public void Dispose() => _stop.Dispose();

    private ShardReader Start(Shard shard, StreamIdentity stream)
    {
        var application = ApplicationKey.Parse(this.GetPrimaryKeyString()).Application;
        var reader = readers.Create(application, stream, shard, host: SiloAddress, random);
        _running = RunAsync(reader, shard.Id, GrainFactory.GetGrain<IApplicationGrain>($"{application}/{stream.Name}"));
        return reader;
    }

    private async Task RunAsync(ShardReader reader, string shardId, IApplicationGrain application)
    {
        // Not inside the call that started it.
        await Task.Yield();

        // Where the coordinator wanted the shard is nothing that the processor's grains should follow.
        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        try
        {
            var exit = await reader.RunAsync(_stop.Token);
            if (exit == ReaderExit.LeaseLost)
            {
                // Somebody else reads the shard; should that be a mistake, the next nudge starts a new activation.
                DeactivateOnIdle();
            }
            else if (exit == ReaderExit.Finished)
            {
                await application.ShardFinished(shardId);
            }
        }
        catch (Exception e)
        {
            LogReaderFailed(e, this.GetPrimaryKeyString());
            throw;
        }
    }

    private string SiloAddress => GrainContext.Address.SiloAddress!.ToParsableString();

    [LoggerMessage(LogLevel.Error, "The reader of {Shard} ended by a bug; it starts again from its checkpoint")]
    private partial void LogReaderFailed(Exception exception, string shard);
}
