using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Placement;

namespace DataProcessor.Grains.Producing;

/// <summary>Gives a <see cref="ShardProducer"/> its identity, its scheduler and its life.</summary>
[Reentrant]
internal sealed partial class ProducerGrain(
    Senders senders,
    ProducerOptions options,
    TimeProvider time,
    Random random,
    ProducerInstruments instruments,
    ILogger<ProducerGrain> logger) : Grain, IProducerGrain, IGrainMigrationParticipant, IDisposable
{
    private const string LastStored = "last-stored";

    // Null when the stream of the key's epoch is gone: there is nothing to write to.
    private ShardProducer? _producer;
    private Task _running = Task.CompletedTask;
    private SequenceNumber? _lastStored;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = ProducerKey.Parse(this.GetPrimaryKeyString());
        if (await FetchMapAsync(key) is not { } map)
        {
            LogStreamGone(logger, key.Stream, key.Epoch, key.ShardId);
            return;
        }

        var shard = Array.Find(map.Shards, shard => shard.Id == key.ShardId);
        if (shard is null)
        {
            // Long closed and trimmed: whoever still has it in his map is to fetch a newer one.
            LogUnknownShard(logger, key.Stream, key.ShardId, map.Version);
            shard = new(key.ShardId, new(HashKey.Min, HashKey.Max), [], IsOpen: false);
        }

        var sender = senders.For(key.Stream);
        _producer = new(
            map,
            shard,
            sender.SendAsync,
            sender.Departures,
            senders.Buffer,
            newerThan => Stream(key).GetMap(newerThan),
            options,
            time,
            random,
            instruments.For(key.Stream, key.ShardId),
            logger);
        if (_lastStored is { } last)
        {
            _producer.Continue(last);
        }

        _running = _producer.RunAsync();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_producer is { } producer)
        {
            await producer.DrainAsync();
            producer.Dispose();
            await _running;
        }
    }

    /// <summary>A key's order is kept beyond a move.</summary>
    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        if (_producer?.LastStored is { } last)
        {
            dehydrationContext.TryAddValue(LastStored, last.Value);
        }
    }

    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (rehydrationContext.TryGetValue<string>(LastStored, out var last) && last is not null)
        {
            _lastStored = new(last);
        }
    }

    public void Dispose() => _producer?.Dispose();

    public Task<PutResponse> Put(PutRequest request)
    {
        // Records may wait for their whole life without a call, and the put's answer is kept after it.
        if (_producer is { } producer)
        {
            DelayDeactivation(options.RecordTtl + PutLedger.Remembers);
            return producer.PutAsync(request);
        }

        // Whoever still routes by the old stream's map is to fetch a newer one; the next call looks again.
        DeactivateOnIdle();
        return Task.FromResult(PutResponse.Moved);
    }

    public Task<PutResponse> Await(PutId id) => _producer?.AwaitAsync(id) ?? Task.FromResult(PutResponse.Unknown);

    public async Task Move(SiloAddress from, SiloAddress to)
    {
        // A call that was under way during the move arrives at the new place, and must not stop it.
        if (GrainContext.Address.SiloAddress!.Equals(from))
        {
            // Before the deactivation: that only begins when no call is running, and the calls wait for the answers.
            await (_producer?.DrainAsync() ?? Task.CompletedTask);
            RequestContext.Set(IPlacementDirector.PlacementHintKey, to);
            this.MigrateOnIdle();
        }
    }

    public Task<bool> Announce(HashKey[] borders) => _producer?.AnnounceAsync(borders) ?? Task.FromResult(true);

    public Task Follow(ShardMap map)
    {
        _producer?.Follow(map);
        return Task.CompletedTask;
    }

    private IStreamGrain Stream(ProducerKey key) => GrainFactory.GetGrain<IStreamGrain>(key.Stream);

    /// <returns>Null: the stream of the key's epoch is gone.</returns>
    private async Task<ShardMap?> FetchMapAsync(ProducerKey key)
    {
        try
        {
            var map = await Stream(key).GetMap();
            if (map.Stream.Epoch != key.Epoch || !Array.Exists(map.Shards, shard => shard.Id == key.ShardId))
            {
                // The caller knows another map: one of the two is old.
                map = await Stream(key).GetMap(map.Version);
            }

            return map.Stream.Epoch == key.Epoch ? map : null;
        }
        catch (StreamNotFoundException)
        {
            return null;
        }
    }
}
