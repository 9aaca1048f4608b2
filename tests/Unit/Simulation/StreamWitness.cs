using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Unit.Simulation;

/// <summary>Reads the whole stream after a run and says what was to be delivered of it, without the product's decoding.</summary>
internal static class StreamWitness
{
    public static async Task<StoredStream> ReadAsync(SimulatedWorld world)
    {
        var shards = await world.ShardsAsync();
        var records = new Dictionary<string, StoredRecord[]>();
        foreach (var shard in shards.Values)
        {
            records.Add(shard.Id, [.. await ReadAsync(world, shard)]);
        }

        return new(records, shards.ToDictionary(shard => shard.Key, shard => shard.Value.Parents));
    }

    private static async Task<List<StoredRecord>> ReadAsync(SimulatedWorld world, Shard shard)
    {
        var records = new List<StoredRecord>();
        var iterator = await world.Client.GetShardIteratorAsync(
            SimulatedWorld.StreamName, shard.Id, ShardIteratorStart.TrimHorizon, CancellationToken.None);
        while (iterator is not null)
        {
            var page = await world.Client.GetRecordsAsync(iterator, KinesisClient.MaxGetRecordsLimit, CancellationToken.None);
            foreach (var stored in page.Records)
            {
                var parcel = world.Recognise(stored.Data);
                records.AddRange(parcel.DeliverableIn(shard.Range).Select(index => new StoredRecord(
                    new(shard.Id, new(new(stored.SequenceNumber), index)),
                    parcel.Records[index].Key,
                    parcel.Records[index].Number)));
            }

            iterator = page.MillisBehindLatest == 0 ? null : page.NextShardIterator;
        }

        return records;
    }
}

/// <summary>What the stream holds at the end of a run.</summary>
/// <param name="Shards">By shard id: what is to be delivered, in order.</param>
/// <param name="Parents">By shard id.</param>
internal sealed record StoredStream(
    IReadOnlyDictionary<string, StoredRecord[]> Shards, IReadOnlyDictionary<string, string[]> Parents);

/// <summary>A user record that the reader of its shard is to hand over.</summary>
internal sealed record StoredRecord(Place Place, string Key, int Number);
