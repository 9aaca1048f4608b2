using DataProcessor.Grains.Leases;

namespace DataProcessor.Unit.Simulation.Checkers;

/// <summary>A checkpoint never goes back, and never ahead of what was processed.</summary>
internal static class ProgressChecker
{
    public static IEnumerable<string> Judge(Evidence evidence)
    {
        var processed = new HashSet<Place>();
        var prefixes = new Dictionary<string, int>();
        foreach (var happening in evidence.Events)
        {
            switch (happening)
            {
                case Processed record:
                    processed.Add(record.Place);
                    break;
                case LeaseWritten { IsMade: true, Before: { } before, After: { } after } write when after.Checkpoint != before.Checkpoint:
                    if (after.Checkpoint < before.Checkpoint)
                    {
                        yield return $"{write} goes back";
                    }

                    if (Through(write.Shard, after.Checkpoint) > PrefixOf(write.Shard))
                    {
                        yield return $"{write} is ahead of {evidence.Stream.Shards[write.Shard][PrefixOf(write.Shard)]}";
                    }

                    break;
            }
        }

        int Through(string shard, Checkpoint checkpoint) => checkpoint == Checkpoint.ShardEnd
            ? evidence.Stream.Shards[shard].Length
            : evidence.CountThrough(shard, checkpoint.Position);

        // How many of the shard's records are processed without a gap.
        int PrefixOf(string shard)
        {
            var records = evidence.Stream.Shards[shard];
            var prefix = prefixes.GetValueOrDefault(shard);
            while (prefix < records.Length && processed.Contains(records[prefix].Place))
            {
                prefix++;
            }

            return prefixes[shard] = prefix;
        }
    }
}
