using System.Globalization;

namespace DataProcessor.Cluster;

/// <summary>
/// Holds what was processed against what was acknowledged and against the lineage of the shards. The data of a key's
/// records are ascending numbers.
/// </summary>
internal sealed class ReshardChecker(IReadOnlyCollection<SentRecord> acknowledged, IReadOnlyCollection<ProcessedRecord> processed)
{
    public List<string> Breaches { get; } = [];

    /// <param name="acknowledged">Records that were answered 200.</param>
    /// <param name="processed">In the order of processing, over all shards.</param>
    /// <param name="parents">Parents of each shard.</param>
    public static List<string> Check(
        IReadOnlyCollection<SentRecord> acknowledged,
        IReadOnlyCollection<ProcessedRecord> processed,
        IReadOnlyDictionary<string, string[]> parents)
    {
        var checker = new ReshardChecker(acknowledged, processed);
        checker.EachOnce();
        checker.KeysInOrder();
        checker.ParentsFirst(parents);
        return checker.Breaches;
    }

    private void EachOnce()
    {
        var times = processed.CountBy(record => new SentRecord(record.PartitionKey, record.Data)).ToDictionary();
        Breaches.AddRange(acknowledged.Where(record => !times.ContainsKey(record)).Select(record => $"lost: {record}"));
        Breaches.AddRange(times.Where(pair => pair.Value > 1).Select(pair => $"{pair.Value} times: {pair.Key}"));
    }

    private void KeysInOrder()
    {
        foreach (var key in processed.GroupBy(record => record.PartitionKey))
        {
            var last = -1;
            foreach (var record in key)
            {
                var number = int.Parse(record.Data, CultureInfo.InvariantCulture);
                if (number <= last)
                {
                    Breaches.Add($"key {key.Key}: {number} after {last}, in {record.ShardId}");
                }

                last = Math.Max(last, number);
            }
        }
    }

    /// <summary>Invariant 5: no record of a child before the last one of its parents.</summary>
    private void ParentsFirst(IReadOnlyDictionary<string, string[]> parents)
    {
        var begun = new HashSet<string>();
        foreach (var record in processed)
        {
            begun.Add(record.ShardId);
            foreach (var child in begun.Where(shard => parents[shard].Contains(record.ShardId)))
            {
                Breaches.Add($"{child} began before {record} of its parent");
            }
        }
    }
}

internal sealed record SentRecord(string Key, string Data);
