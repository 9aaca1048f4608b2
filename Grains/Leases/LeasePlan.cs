namespace DataProcessor.Grains.Leases;

/// <summary>A lease to make.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Start">Its first checkpoint.</param>
internal readonly record struct PlannedLease(Shard Shard, Checkpoint Start);

/// <summary>
/// What a stream's leases lack, by KCL's hierarchical rules: a function of the shards and the leases alone, so that it
/// can be made again after a crash in the middle. Once it is carried out, each open shard has a lease, or comes after a
/// shard that is still read and makes its lease at its end: the leases cover every hash key.
/// </summary>
/// <param name="Missing">Leases to make.</param>
/// <param name="Lost">Unfinished leases of shards past their retention: what was left to read there is gone.</param>
/// <param name="Obsolete">Finished leases of such shards that nobody needs any more, ancestors first.</param>
internal sealed record LeasePlan(
    IReadOnlyList<PlannedLease> Missing, IReadOnlyList<Lease> Lost, IReadOnlyList<Lease> Obsolete)
{
    /// <param name="shards">All that the service lists; the open ones cover every hash key.</param>
    /// <param name="leases">By shard id; null for one that is there and cannot be judged.</param>
    /// <param name="initial">Where the application starts in what it knows nothing of: TRIM_HORIZON, LATEST or AT_TIMESTAMP.</param>
    public static LeasePlan For(
        IReadOnlyCollection<Shard> shards, IReadOnlyDictionary<string, Lease?> leases, Checkpoint initial)
    {
        var lineage = new Lineage(shards, leases, initial);
        foreach (var shard in shards.Where(shard => shard.IsOpen))
        {
            lineage.WillBeRead(shard);
        }

        var trimmed = lineage.TrimmedLeases();
        return new(
            lineage.Missing,
            [.. trimmed.Where(lease => !lease.IsFinished)],
            [.. trimmed.Where(lease => lease.IsFinished && lineage.HaveChildrenBegun(lease.ShardId))]);
    }

    private sealed class Lineage(
        IReadOnlyCollection<Shard> shards, IReadOnlyDictionary<string, Lease?> leases, Checkpoint initial)
    {
        private readonly Dictionary<string, Shard> _listed = shards.ToDictionary(shard => shard.Id);
        private readonly ILookup<string, Shard> _children =
            shards.SelectMany(shard => shard.Parents.Select(parent => (parent, shard))).ToLookup(pair => pair.parent, pair => pair.shard);

        /// <summary>Each shard is looked at once, however many come after it.</summary>
        private readonly Dictionary<string, bool> _willBeRead = [];

        public List<PlannedLease> Missing { get; } = [];

        /// <summary>Whether somebody has yet to read the shard; plans what that takes.</summary>
        public bool WillBeRead(Shard shard)
        {
            if (!_willBeRead.TryGetValue(shard.Id, out var known))
            {
                _willBeRead[shard.Id] = known = leases.TryGetValue(shard.Id, out var lease) ? IsLeaseUnfinished(shard, lease) : Plan(shard);
            }

            return known;
        }

        /// <summary>Leases of shards that the service no longer lists but from which listed ones come; ancestors first.</summary>
        public List<Lease> TrimmedLeases()
        {
            var (found, seen) = (new List<Lease>(), new HashSet<string>());
            var waiting = new Queue<string>(shards.SelectMany(shard => shard.Parents));
            while (waiting.TryDequeue(out var id))
            {
                if (_listed.ContainsKey(id) || !seen.Add(id) || leases.GetValueOrDefault(id) is not { } lease)
                {
                    continue;
                }

                found.Add(lease);
                foreach (var parent in lease.Parents)
                {
                    waiting.Enqueue(parent);
                }
            }

            found.Reverse();
            return found;
        }

        /// <summary>KCL's rule: while a child is at its very beginning, its parent's lease says why.</summary>
        public bool HaveChildrenBegun(string shardId) =>
            _children[shardId].All(child => leases.GetValueOrDefault(child.Id) is { } lease && !IsAtBeginning(lease));

        private bool IsLeaseUnfinished(Shard shard, Lease? lease)
        {
            if (lease is not null && IsAtBeginning(lease))
            {
                // Its parents cannot have been cleaned up yet: one without a lease was never read, or its row was deleted.
                PlanParents(shard);
            }

            return lease is not { IsFinished: true };
        }

        private bool Plan(Shard shard)
        {
            if (PlanParents(shard))
            {
                return true; // The last of the parents makes its lease at its end.
            }

            if (shard.Parents.Any(leases.ContainsKey))
            {
                // First missing level below what the application has read; a parent past its retention counts as read.
                var isBeforeTime = shard.Parents.All(parent => leases.GetValueOrDefault(parent)?.Checkpoint == Checkpoint.AtTimestamp);
                Missing.Add(new(shard, isBeforeTime ? Checkpoint.AtTimestamp : Checkpoint.TrimHorizon));
                return true;
            }

            if (initial == Checkpoint.Latest && !shard.IsOpen)
            {
                return false;
            }

            Missing.Add(new(shard, initial));
            return true;
        }

        /// <summary>Whether one of the parents is still to be read; plans all of them.</summary>
        private bool PlanParents(Shard shard)
        {
            var anyIsRead = false;
            foreach (var id in shard.Parents)
            {
                anyIsRead |= _listed.TryGetValue(id, out var parent) && WillBeRead(parent);
            }

            return anyIsRead;
        }

        private static bool IsAtBeginning(Lease lease) =>
            lease.Checkpoint == Checkpoint.TrimHorizon || lease.Checkpoint == Checkpoint.AtTimestamp;
    }
}
