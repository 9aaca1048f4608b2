using CsCheck;
using DataProcessor.Aws.Local.Streams;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

/// <summary>The pure part of resharding.</summary>
public sealed class LineageTests
{
    private const long Created = 1_000;
    private static readonly Gen<(int Kind, int Which, ulong Where)[]> Changes =
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1_000], Gen.ULong).Array[0, 12];

    [Fact]
    public void Any_splits_merges_and_counts_cover_the_ring_exactly_once_at_any_time() =>
        Gen.Select(Gen.Int[1, 5], Changes).Sample(
            (count, changes) =>
            {
                var stream = StreamInfo.Create("s", count, Created, 24, 1024);
                var now = Created;
                foreach (var (kind, which, where) in changes)
                {
                    now += which % 3; // Often in the same millisecond.
                    stream = stream with { Shards = Lineage.Apply(stream.Shards, Steps(stream, kind, which, where), now, _ => new ShardEnd(7, now)) };
                }

                var times = stream.Shards.Select(shard => shard.CreatedMs).Distinct();
                return times.All(time => CoversOnce(stream.Shards.Where(shard => new ShardFilter("AT_TIMESTAMP", TimestampMs: time).Matches(shard, Created))))
                    && CoversOnce(stream.Shards.Where(shard => shard.ClosedMs is null))
                    && stream.Shards.All(shard => Parents(stream, shard).All(parent => IsContinuedBy(parent, shard)));
            },
            iter: 500);

    [Fact]
    public void An_updated_count_makes_ranges_that_differ_by_rounding_only() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 120]).Sample(
            (from, to) =>
            {
                var stream = StreamInfo.Create("s", from, Created, 24, 1024);
                var steps = UniformPlan.Create(stream.Shards, to);
                var open = Lineage.Apply(stream.Shards, steps, Created, _ => new ShardEnd(0, Created)).Where(shard => shard.ClosedMs is null).ToList();
                var widths = open.Select(shard => shard.Range.End - shard.Range.Start).ToList();
                return CoversOnce(open) && open.Count == to && widths.Max() - widths.Min() <= 2 * (UInt128)(from + (to * to));
            },
            iter: 300);

    [Theory]
    [InlineData(3, 6, 3, 0)]
    [InlineData(6, 3, 0, 3)]
    [InlineData(2, 3, 2, 1)]
    [InlineData(3, 2, 1, 2)]
    public void Doubling_and_halving_make_no_short_lived_shards(int from, int to, int splits, int merges)
    {
        var steps = UniformPlan.Create(StreamInfo.Create("s", from, Created, 24, 1024).Shards, to);

        Assert.Equal((splits, merges), (steps.Count(step => step.SplitAt is not null), steps.Count(step => step.MergeWith is not null)));
    }

    private static IReadOnlyList<ReshardStep> Steps(StreamInfo stream, int kind, int which, ulong where)
    {
        var open = stream.Shards.Where(shard => shard.ClosedMs is null).OrderBy(shard => shard.Range.Start).ToArray();
        var shard = open[which % open.Length];
        var width = shard.Range.End - shard.Range.Start;
        return kind switch
        {
            0 when width > 4 => [ReshardStep.Split(shard.Index, shard.Range.Start + 2 + (where % (width - 3)))],
            1 when open.Length > 1 => Merge(open, which % (open.Length - 1), where),
            2 => UniformPlan.Create(stream.Shards, Math.Clamp(which % 7, (open.Length + 1) / 2, 2 * open.Length)),
            _ => [],
        };
    }

    private static ReshardStep[] Merge(ShardInfo[] open, int lower, ulong where) =>
        [ReshardStep.Merge(open[lower + (int)(where % 2)].Index, open[lower + 1 - (int)(where % 2)].Index)];

    private static IEnumerable<ShardInfo> Parents(StreamInfo stream, ShardInfo shard) =>
        stream.Shards.Where(other => other.Index == shard.Parent || other.Index == shard.AdjacentParent);

    private static bool IsContinuedBy(ShardInfo parent, ShardInfo child) =>
        parent.ClosedMs == child.CreatedMs
        && string.CompareOrdinal(parent.Starting(Created).ToString(), parent.Ending(Created).ToString()) < 0
        && string.CompareOrdinal(parent.Ending(Created).ToString(), child.Starting(Created).ToString()) < 0;

    private static bool CoversOnce(IEnumerable<ShardInfo> shards)
    {
        var sorted = shards.Select(shard => shard.Range).OrderBy(range => range.Start).ToArray();
        return sorted[0].Start == 0 && sorted[^1].End == UInt128.MaxValue
            && sorted.Zip(sorted.Skip(1)).All(pair => pair.First.Start <= pair.First.End && pair.First.End + 1 == pair.Second.Start);
    }
}
