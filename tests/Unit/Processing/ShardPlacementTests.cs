using CsCheck;
using DataProcessor.Grains.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.Processing;

public sealed class ShardPlacementTests
{
    private static readonly string[] Silos = ["a", "b", "c", "d"];
    private static readonly string?[] Places = [.. Silos, "leaving", null];

    private readonly FakeTimeProvider _time = new();

    /// <summary>1 to 4 silos that take shards, and shards on these, on others that do not, and on none.</summary>
    private static readonly Gen<(string[] Silos, PlacedShard[] Shards)> Clusters =
        from count in Gen.Int[1, Silos.Length]
        from places in Gen.Int[0, Places.Length - 1].Select(i => Places[i]).Array[0, 100]
        select (Silos[..count], places.Select((silo, i) => new PlacedShard($"{i}", silo)).ToArray());

    [Fact]
    public void Every_shard_gets_a_home_and_those_that_have_one_keep_it() => Clusters.Sample(cluster =>
    {
        var homes = ShardPlacement.Homes(cluster.Silos, cluster.Shards);

        Assert.Equal(cluster.Shards.Length, homes.Count);
        Assert.All(homes.Values, home => Assert.Contains(home, cluster.Silos));
        Assert.All(
            cluster.Shards.Where(shard => cluster.Silos.Contains(shard.Silo)),
            shard => Assert.Equal(shard.Silo, homes[shard.ShardId]));
    });

    [Fact]
    public void Rounds_of_moves_end_in_balance_with_the_fewest_moves() => Clusters.Sample(cluster =>
    {
        var placement = Settled(new());
        var placed = cluster.Shards.Where(shard => shard.Silo is not null).ToDictionary(shard => shard.ShardId);
        var fewest = FewestMoves(cluster.Silos, [.. placed.Values]);
        var moved = 0;
        while (placement.NextMoves(cluster.Silos, [.. placed.Values]) is { Count: > 0 } moves)
        {
            Assert.InRange(moves.Count, 1, ShardPlacement.MostMovesAtOnce);
            foreach (var move in moves)
            {
                placed[move.ShardId] = new(move.ShardId, move.To);
                placement.OnMoved(move.ShardId);
            }

            moved += moves.Count;
        }

        var loads = cluster.Silos.Select(silo => placed.Values.Count(shard => shard.Silo == silo)).ToArray();
        Assert.Equal(placed.Count, loads.Sum());
        Assert.InRange(loads.Max() - loads.Min(), 0, 1);
        Assert.Equal(fewest, moved);
    });

    [Fact]
    public void A_shard_that_moved_stays_until_it_has_cooled_down()
    {
        var placement = Settled(_time);
        PlacedShard[] shards = [new("1", "a"), new("2", "a")];
        var move = Assert.Single(placement.NextMoves(["a", "b"], shards));
        placement.OnMoved("1");
        placement.OnMoved("2");

        Assert.Equal("b", move.To);
        Assert.Empty(placement.NextMoves(["a", "b"], shards));
        _time.Advance(ShardPlacement.CoolDown);
        Assert.Single(placement.NextMoves(["a", "b"], shards));
    }

    [Fact]
    public void Nothing_moves_for_balance_right_after_the_start() =>
        Assert.Empty(new ShardPlacement(_time).NextMoves(["a", "b"], [new("1", "a"), new("2", "a")]));

    [Fact]
    public void A_silo_that_leaves_is_emptied_at_once()
    {
        var placement = new ShardPlacement(_time);
        placement.OnMoved("1");

        Assert.Equal(
            [new("1", "a"), new("2", "b")],
            placement.NextMoves(["a", "b"], [new("1", "leaving"), new("2", "leaving"), new("3", null)]));
    }

    /// <summary>A placement after its first cool-down.</summary>
    private static ShardPlacement Settled(FakeTimeProvider time)
    {
        var placement = new ShardPlacement(time);
        time.Advance(ShardPlacement.CoolDown);
        return placement;
    }

    /// <summary>The shards above each silo's quota, where the fullest silos get the larger quotas, and all that must leave.</summary>
    private static int FewestMoves(string[] silos, PlacedShard[] placed)
    {
        var loads = silos.Select(silo => placed.Count(shard => shard.Silo == silo)).OrderDescending().ToArray();
        var (quota, larger) = Math.DivRem(placed.Length, silos.Length);
        return placed.Length - loads.Select((load, i) => Math.Min(load, i < larger ? quota + 1 : quota)).Sum();
    }
}
