using DataProcessor.Grains.Leases;

namespace DataProcessor.Unit.Leases;

/// <summary>
/// A stream that is split, merged and trimmed at random, and an application that reads it by leases alone: plans what is
/// missing, finishes shards in any order that the leases allow, and crashes. Replayable from the seed.
/// </summary>
internal sealed class LineageModel
{
    private static readonly StreamIdentity Stream = new("orders", 1_700_000_000, "123456789012");

    private readonly Random _random;
    private readonly Checkpoint _initial;
    private readonly List<Shard> _closed = [];
    private readonly HashSet<string> _trimmed = [];
    private int _made;
    private int _steps;

    public LineageModel(int seed, Checkpoint initial)
    {
        (_random, _initial) = (new(seed), initial);
        Add(new(HashKey.Min, HashKey.Max), []);
    }

    /// <summary>All shards that there ever were, by id, as they are now.</summary>
    public SortedDictionary<string, Shard> Shards { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Lease?> Leases { get; } = [];

    /// <summary>Where and when each shard's reading began.</summary>
    public List<(string ShardId, Checkpoint Start, int Step)> Begun { get; } = [];

    /// <summary>When each shard was read to its end.</summary>
    public Dictionary<string, int> Ended { get; } = [];

    /// <summary>What is wrong; empty if nothing.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>A deliberate fault: this many planned leases are forgotten and taken for made.</summary>
    public int LeasesToForget { get; set; }

    public Shard[] Listed => [.. Shards.Values.Where(shard => !_trimmed.Contains(shard.Id))];

    public bool IsTrimmed(string shardId) => _trimmed.Contains(shardId);

    public void Reshard(int times)
    {
        for (; times > 0; times--)
        {
            var open = Shards.Values.Where(shard => shard.IsOpen).OrderBy(shard => shard.Range.Start).ToArray();
            var at = _random.Next(open.Length);
            if (open.Length > 1 && at < open.Length - 1 && _random.Next(2) == 0)
            {
                Close(_random.Next(2) == 0 ? [open[at], open[at + 1]] : [open[at + 1], open[at]]);
                Add(new(open[at].Range.Start, open[at + 1].Range.End), [open[at].Id, open[at + 1].Id]);
            }
            else
            {
                var (start, middle, end) = (open[at].Range.Start, open[at].Range.Middle, open[at].Range.End);
                Close([open[at]]);
                Add(new(start, middle), [open[at].Id]);
                Add(new(new(middle.Value + 1), end), [open[at].Id]);
            }
        }
    }

    /// <summary>The oldest closed shards go, one of two merged ones perhaps before the other.</summary>
    public void Trim(int most)
    {
        foreach (var shard in _closed.Where(shard => !_trimmed.Contains(shard.Id)).Take(_random.Next(most + 1)).ToArray())
        {
            _trimmed.Add(shard.Id);
        }
    }

    public LeasePlan Plan() => LeasePlan.For(Listed, Leases, _initial);

    /// <summary>Carries a plan out, in any order; a crash leaves it half done.</summary>
    public void CarryOut(LeasePlan plan, bool crashes)
    {
        var missing = plan.Missing.OrderBy(_ => _random.Next()).ToArray();
        foreach (var (shard, start) in missing.Take(crashes ? _random.Next(missing.Length + 1) : missing.Length).Skip(LeasesToForget))
        {
            Make(shard, start);
        }

        if (!crashes)
        {
            plan.Lost.ToList().ForEach(lost => Leases[lost.ShardId] = lost with { Checkpoint = Checkpoint.ShardEnd });
            plan.Obsolete.ToList().ForEach(obsolete => Leases.Remove(obsolete.ShardId));
        }
    }

    /// <summary>Readers come to the ends of their shards, or to records in open ones.</summary>
    /// <returns>False when nothing is left to do.</returns>
    public bool Step()
    {
        var ready = Listed.Where(shard => IsReading(shard) && !IsAtTip(shard) && !shard.Parents.Any(Blocks)).ToArray();
        if (ready.Length == 0)
        {
            return false;
        }

        var next = ready[_random.Next(ready.Length)];
        var lease = Leases[next.Id]!;
        _steps++;
        if (lease.Checkpoint.Kind != CheckpointKind.Position)
        {
            Begun.Add((next.Id, lease.Checkpoint, _steps));
        }

        if (next.IsOpen)
        {
            Leases[next.Id] = lease with { Checkpoint = Checkpoint.At(new(new("7"), 0)) };
            return true;
        }

        foreach (var child in Listed.Where(shard => shard.Parents.Contains(next.Id)))
        {
            Make(child, lease.Checkpoint == Checkpoint.AtTimestamp ? Checkpoint.AtTimestamp : Checkpoint.TrimHorizon);
        }

        Leases[next.Id] = lease with { Checkpoint = Checkpoint.ShardEnd };
        Ended.TryAdd(next.Id, _steps);
        return true;
    }

    public void RunToTheTip()
    {
        while (Step())
        {
        }
    }

    /// <returns>Its id; null if there is none.</returns>
    public string? DeleteAnyLease()
    {
        var id = Leases.Keys.Order(StringComparer.Ordinal).Skip(_random.Next(Math.Max(1, Leases.Count))).FirstOrDefault();
        Leases.Remove(id ?? "");
        return id;
    }

    public void ExpectEveryHashKeyCovered()
    {
        foreach (var shard in Shards.Values.Where(shard => shard.IsOpen && !Leases.ContainsKey(shard.Id)))
        {
            Faults.Add($"{shard.Id} is open and has no lease.");
        }
    }

    public void ExpectNoneReadTwice()
    {
        foreach (var twice in Begun.GroupBy(read => read.ShardId).Where(read => read.Count() > 1))
        {
            Faults.Add($"{twice.Key} was read {twice.Count()} times.");
        }
    }

    private bool IsReading(Shard shard) => Leases.GetValueOrDefault(shard.Id) is { IsFinished: false };

    private bool IsAtTip(Shard shard) => shard.IsOpen && Leases[shard.Id]!.Checkpoint.Kind == CheckpointKind.Position;

    /// <summary>As ApplicationGrain has it: a listed parent that is being read, or comes after one that is.</summary>
    private bool Blocks(string parentId) =>
        !_trimmed.Contains(parentId) &&
        Leases.GetValueOrDefault(parentId) is not { IsFinished: true } &&
        (Leases.ContainsKey(parentId) || Shards[parentId].Parents.Any(Blocks));

    private void Make(Shard shard, Checkpoint start) =>
        Leases.TryAdd(shard.Id, new(Stream, shard.Id, Stream.LeaseKey(shard.Id), 0, null, 0, start, shard.Parents, [], shard.Range));

    private void Close(Shard[] shards)
    {
        foreach (var shard in shards)
        {
            Shards[shard.Id] = shard with { IsOpen = false };
            _closed.Add(Shards[shard.Id]);
        }
    }

    private void Add(HashKeyRange range, string[] parents)
    {
        var id = $"shardId-{_made++:d12}";
        Shards.Add(id, new(id, range, parents, IsOpen: true));
    }
}
