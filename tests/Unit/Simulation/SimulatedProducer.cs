using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Unit.Simulation;

/// <summary>
/// A client that writes numbered records of its own keys, in one format, by a map of the shards that may be out of date. It
/// sends again what is not known to be stored where readers hand it over, before it goes on.
/// </summary>
internal sealed class SimulatedProducer(SimulatedWorld world, Packing packing, string[] keys)
{
    private const int MostRecordsOfPut = 8;
    private const int MostBackOffMs = 500;

    private readonly int[] _next = new int[keys.Length];
    private Dictionary<string, Shard> _map = [];

    public async Task RunAsync(int puts)
    {
        for (var put = 0; put < puts; put++)
        {
            await world.PassUpTo(world.Scenario.MostPauseMs);
            for (var left = Draw(); left.Length > 0; left = [.. left.Where(record => !world.IsAcknowledged(record))])
            {
                await SendAsync(left);
            }
        }
    }

    private SentRecord[] Draw()
    {
        var records = new SentRecord[world.Random.Next(1, MostRecordsOfPut + 1)];
        for (var i = 0; i < records.Length; i++)
        {
            // All that travels under the first record's key does so always, or its order would be lost.
            var key = packing == Packing.Foreign && i == 0 ? 0 : world.Random.Next(keys.Length);
            records[i] = new(keys[key], _next[key]++);
        }

        return records;
    }

    private async Task SendAsync(SentRecord[] records)
    {
        foreach (var group in await GroupAsync(records))
        {
            var parcel = world.Pack(packing, group);
            try
            {
                var stored = await world.Client.PutRecordAsync(SimulatedWorld.StreamName, parcel.Entry, null, CancellationToken.None);
                Settle(parcel, stored, await FindAsync(stored.ShardId));
            }
            catch (KinesisException)
            {
                await world.PassUpTo(MostBackOffMs);
                return; // The next records may be of the same key.
            }
        }
    }

    private void Settle(Parcel parcel, PutRecordResult stored, Shard shard)
    {
        var delivered = 0;
        foreach (var index in parcel.DeliverableIn(shard.Range))
        {
            world.Acknowledge(new(shard.Id, new(new(stored.SequenceNumber), index)), parcel.Records[index]);
            delivered++;
        }

        world.Totals[Seen.Misrouted] += parcel.Records.Length - delivered;
    }

    /// <summary>What is to travel together; records of a key stay in order.</summary>
    private async Task<IEnumerable<SentRecord[]>> GroupAsync(SentRecord[] records)
    {
        switch (packing)
        {
            case Packing.Plain:
                return records.Select(record => new[] { record });
            case Packing.Foreign:
                return [records];
        }

        if (_map.Count == 0)
        {
            _map = await world.ShardsAsync();
        }

        return records.GroupBy(record => OwnerOf(record).Id).Select(group => group.ToArray());
    }

    private Shard OwnerOf(SentRecord record) =>
        _map.Values.First(shard => shard.IsOpen && shard.Range.Contains(record.HashKey));

    /// <summary>A shard that the map does not know makes the producer look.</summary>
    private async Task<Shard> FindAsync(string shardId)
    {
        while (!_map.ContainsKey(shardId))
        {
            _map = await world.ShardsAsync();
        }

        return _map[shardId];
    }
}
