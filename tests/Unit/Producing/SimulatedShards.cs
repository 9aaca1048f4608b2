using DataProcessor.Grains.Producing;
using DataProcessor.Unit.Aggregation;

namespace DataProcessor.Unit.Producing;

/// <summary>
/// The service's side in a simulation: takes Kinesis records after a while, routes them by explicit hash key, numbers
/// them, and fails when the script says so. Watches what a producer must never do.
/// </summary>
internal sealed class SimulatedShards(Simulation simulation, params Shard[] shards)
{
    private readonly List<KinesisSend> _open = [];
    private long _lastNumber = 1000;

    /// <summary>Shards that take records now.</summary>
    public Shard[] Shards { get; set; } = shards;

    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Up to so much is added, drawn anew for each record.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>
    /// Decides on attempt 1, 2, …: null stores it. An outcome of Unknown may have stored it, see <see cref="LosesAnswers"/>.
    /// </summary>
    public Func<int, KinesisSend, SendOutcome?> Script { get; set; } = (_, _) => null;

    /// <summary>Whether records with an unknown outcome are stored all the same.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Every attempt, in order: when it was made, and of what.</summary>
    public List<(TimeSpan At, KinesisSend Record, byte[] Data)> Attempts { get; } = [];

    public List<StoredRecord> Stored { get; } = [];

    public int MostOpen { get; private set; }

    /// <summary>What a producer must never do, and did. Not thrown where it happens: the producer would take it for an outage.</summary>
    public List<string> Violations { get; } = [];

    public static SendOutcome Throttle() =>
        new(SendResult.Throttled, null, default, "ProvisionedThroughputExceededException", "Rate exceeded.");

    public async ValueTask<SendOutcome> SendAsync(KinesisSend record, CancellationToken cancellationToken)
    {
        if (simulation.Time.Monotonic() >= record.Deadline)
        {
            Violations.Add("A record was sent after its deadline.");
        }

        Attempts.Add((simulation.Time.Monotonic(), record, record.Entry.Data.ToArray()));
        var attempt = Attempts.Count;
        _open.Add(record);
        MostOpen = Math.Max(MostOpen, _open.Count);
        var data = record.Entry.Data.ToArray();

        var latency = Latency + (Jitter * simulation.Random.NextDouble());
        var before = latency * simulation.Random.NextDouble();
        await simulation.PassAsync(before);
        var outcome = Script(attempt, record);
        if (outcome is null || (LosesAnswers && outcome.Value.Result == SendResult.Unknown))
        {
            var stored = Store(record, data);
            outcome ??= SendOutcome.Stored(stored.ShardId, stored.SequenceNumber.Value);
        }

        await simulation.PassAsync(latency - before);
        if (!record.Entry.Data.Span.SequenceEqual(data))
        {
            Violations.Add("A record's bytes changed while it was on its way.");
        }

        _open.Remove(record);
        return outcome.Value;
    }

    /// <summary>The user records of a shard, in order, taken apart by the plain parser.</summary>
    public List<AggregateWriterReference.UserRecord> UserRecords(string shardId) =>
        [.. Stored.Where(record => record.ShardId == shardId).SelectMany(record => record.UserRecords)];

    /// <summary>What a shard took, and when.</summary>
    public List<(TimeSpan At, int Bytes)> Arrivals(string shardId) =>
        [.. Stored.Where(record => record.ShardId == shardId).Select(record => (record.At, record.PartitionKey.Length + record.Data.Length))];

    private StoredRecord Store(KinesisSend record, byte[] data)
    {
        var hashKey = HashKey.Parse(record.Entry.ExplicitHashKey!);
        var shard = Shards.Single(shard => shard.Range.Contains(hashKey));
        var stored = new StoredRecord(shard.Id, new($"{++_lastNumber}"), record.Entry.PartitionKey, data, simulation.Time.Monotonic());
        Stored.Add(stored);
        return stored;
    }
}

internal sealed record StoredRecord(string ShardId, SequenceNumber SequenceNumber, string PartitionKey, byte[] Data, TimeSpan At)
{
    public bool IsAggregate => Data.AsSpan().StartsWith<byte>([0xF3, 0x89, 0x9A, 0xC2]);

    public List<AggregateWriterReference.UserRecord> UserRecords =>
        IsAggregate ? AggregateWriterReference.Parse(Data) : [new(PartitionKey, null, Data, [])];
}
