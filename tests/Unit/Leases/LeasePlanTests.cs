using CsCheck;
using DataProcessor.Grains.Leases;
using Xunit;

namespace DataProcessor.Unit.Leases;

public sealed class LeasePlanTests
{
    private static readonly Checkpoint[] InitialPositions = [Checkpoint.TrimHorizon, Checkpoint.Latest, Checkpoint.AtTimestamp];

    /// <summary>0 and 1 were merged to 2, 2 was split to 3 and 4; 3 to 5 and 6. Open are 4, 5, 6 and 7, which was always there.</summary>
    private static readonly Shard[] Shards =
    [
        Closed(0, 0, 19), Closed(1, 20, 39), Closed(2, 0, 39, 0, 1), Closed(3, 0, 19, 2), Open(4, 20, 39, 2),
        Open(5, 0, 9, 3), Open(6, 10, 19, 3), Open(7, 40, 99),
    ];

    public static TheoryData<string, string, string, string> Tables => new()
    {
        // initial position, table, shards that are listed no more, leases to make
        { "TRIM_HORIZON", "", "", "0 1 7" },
        { "AT_TIMESTAMP", "", "", "0@AT_TIMESTAMP 1@AT_TIMESTAMP 7@AT_TIMESTAMP" },
        { "LATEST", "", "", "4@LATEST 5@LATEST 6@LATEST 7@LATEST" },
        { "TRIM_HORIZON", "", "0 1", "2 7" },
        { "TRIM_HORIZON", "", "0", "1 7" },
        { "LATEST", "7", "", "4@LATEST 5@LATEST 6@LATEST" },
        { "TRIM_HORIZON", "7", "0 1 2", "3 4" },

        // Below what was read everything is read from its first record, level by level.
        { "LATEST", "0 7", "", "" },
        { "LATEST", "0=SHARD_END 1=SHARD_END 7", "", "2" },
        { "LATEST", "0=SHARD_END 1 7", "", "" },
        { "LATEST", "2=SHARD_END 7", "0 1", "3 4" },
        { "LATEST", "2=SHARD_END 3=SHARD_END 7", "0 1", "4 5 6" },
        { "LATEST", "2=SHARD_END 3 4 7", "0 1", "" },

        // A parent past its retention counts as read, however far it was.
        { "LATEST", "2=100 7", "0 1 2", "3 4" },
        { "AT_TIMESTAMP", "2=AT_TIMESTAMP 7", "0 1 2", "3@AT_TIMESTAMP 4@AT_TIMESTAMP" },
        { "AT_TIMESTAMP", "2=100 7", "0 1 2", "3 4" },

        // One of two merged shards is known, the other not.
        { "TRIM_HORIZON", "0 7", "", "1" },
        { "TRIM_HORIZON", "0=SHARD_END 7", "", "1" },
        { "LATEST", "0=SHARD_END 7", "", "2" },
        { "LATEST", "0 7", "1", "" },

        // A deleted row: of a shard whose child has not begun, and of one whose lease was cleaned up after its children began.
        { "TRIM_HORIZON", "0=SHARD_END 2=TRIM_HORIZON 7", "", "1" },
        { "TRIM_HORIZON", "0=SHARD_END 2=100 7", "", "" },
        { "TRIM_HORIZON", "4=100 5=100 6=100 7", "", "" },
        { "LATEST", "3=SHARD_END 4=100 5=100 7", "", "6" },

        // What cannot be judged is left as it is.
        { "LATEST", "2=? 7", "", "" },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_plan_follows_KCLs_rules_on_tables_that_know_a_part(string initial, string table, string trimmed, string expected)
    {
        var listed = Shards.Where(shard => !Words(trimmed).Contains(Number(shard.Id))).ToArray();

        var plan = LeasePlan.For(listed, Table(table), Checkpoint.Parse(initial, 0));

        var made = plan.Missing.OrderBy(lease => lease.Shard.Id, StringComparer.Ordinal)
            .Select(lease => Number(lease.Shard.Id) + (lease.Start == Checkpoint.TrimHorizon ? "" : $"@{lease.Start}"));
        Assert.Equal(expected, string.Join(' ', made));
    }

    [Fact]
    public void Leases_past_their_retention_are_lost_if_unfinished_and_go_once_nobody_needs_them()
    {
        var listed = Shards[3..];
        var plan = LeasePlan.For(listed, Table("0=SHARD_END 1=100 2=SHARD_END 3=100 4=TRIM_HORIZON 7"), Checkpoint.Latest);
        Assert.Equal(["1"], plan.Lost.Select(lease => Number(lease.ShardId)));
        Assert.Equal(["0"], plan.Obsolete.Select(lease => Number(lease.ShardId))); // 4 has not begun: 2 says why.

        plan = LeasePlan.For(listed, Table("0=SHARD_END 1=SHARD_END 2=SHARD_END 3=100 4=100 7 9=100"), Checkpoint.Latest);
        Assert.Equal(["0", "1", "2"], plan.Obsolete.Select(lease => Number(lease.ShardId)).Order());
        Assert.Empty(plan.Lost); // 9 is newer than the list of shards.
    }

    [Fact]
    public void On_random_lineages_every_shard_is_read_once_after_its_parents_through_crashes_at_any_moment() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 2]).Sample(
            (seed, initial) => Assert.Empty(Run(seed, InitialPositions[initial])), iter: 1000);

    [Fact]
    public void A_deleted_lease_never_leaves_a_hole() => Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 2]).Sample(
        (seed, initial) =>
        {
            var (model, random) = (new LineageModel(seed, InitialPositions[initial]), new Random(seed));
            model.Reshard(random.Next(12));
            model.CarryOut(model.Plan(), crashes: false);
            for (var i = random.Next(4); i >= 0; i--)
            {
                Steps(model, random.Next(6));
                model.Reshard(random.Next(3));
                model.DeleteAnyLease();
            }

            model.CarryOut(model.Plan(), crashes: false);
            model.RunToTheTip();
            model.ExpectEveryHashKeyCovered();
            Assert.Empty(model.Faults);
        }, iter: 1000);

    [Fact]
    public void The_checks_catch_a_plan_that_lacks_a_lease()
    {
        var caught = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            caught += InitialPositions.Any(initial => Run(seed, initial, leasesToForget: 1).Count > 0) ? 1 : 0;
        }

        Assert.Equal(50, caught);
    }

    private static List<string> Run(int seed, Checkpoint initial, int leasesToForget = 0)
    {
        var (model, random) = (new LineageModel(seed, initial) { LeasesToForget = leasesToForget }, new Random(seed));
        model.Reshard(random.Next(15));
        model.Trim(10);
        var before = model.Listed;
        for (var crashes = random.Next(3); crashes > 0; crashes--)
        {
            model.CarryOut(model.Plan(), crashes: true);
        }

        model.CarryOut(model.Plan(), crashes: false);
        for (var i = random.Next(8); i > 0; i--)
        {
            Steps(model, random.Next(6));
            model.Reshard(random.Next(3));
            Expect(model, leasesToForget > 0 || model.Plan().Missing.Count == 0, "A table that needs nothing is given leases.");
            model.CarryOut(model.Plan(), crashes: false);
        }

        model.RunToTheTip();
        model.ExpectEveryHashKeyCovered();
        model.ExpectNoneReadTwice();
        Judge(model, before, initial);
        Expect(model, model.Plan().Missing.Count == 0, "At the tip, a plan still makes leases.");
        return model.Faults;
    }

    private static void Judge(LineageModel model, Shard[] before, Checkpoint initial)
    {
        var begun = model.Begun.DistinctBy(begun => begun.ShardId).ToDictionary(begun => begun.ShardId);
        foreach (var shard in model.Shards.Values.Where(shard => !model.IsTrimmed(shard.Id)))
        {
            var isOld = before.Any(old => old.Id == shard.Id);
            var wasClosed = isOld && !before.Single(old => old.Id == shard.Id).IsOpen;
            var isToBeRead = initial != Checkpoint.Latest || !wasClosed;
            Expect(model, isToBeRead == begun.ContainsKey(shard.Id), $"{shard.Id} was {(isToBeRead ? "not " : "")}read.");
            if (!begun.TryGetValue(shard.Id, out var own))
            {
                continue;
            }

            var isFirst = initial == Checkpoint.Latest ? isOld : !shard.Parents.Any(parent => before.Any(old => old.Id == parent)) && isOld;
            var isFromTime = initial == Checkpoint.AtTimestamp && own.Start == initial;
            Expect(model, isFromTime || own.Start == (isFirst ? initial : Checkpoint.TrimHorizon), $"{shard.Id} began at {own.Start}.");
            Expect(
                model,
                shard.Parents.All(parent => !begun.ContainsKey(parent) || (model.Ended.TryGetValue(parent, out var end) && end < own.Step)),
                $"{shard.Id} was read before its parents' ends.");
        }
    }

    private static void Expect(LineageModel model, bool holds, string fault)
    {
        if (!holds)
        {
            model.Faults.Add(fault);
        }
    }

    private static void Steps(LineageModel model, int count)
    {
        for (; count > 0; count--)
        {
            model.Step();
        }
    }

    /// <param name="text">Words <c>number</c> or <c>number=checkpoint</c>; a number alone is at 50, <c>?</c> cannot be read.</param>
    private static Dictionary<string, Lease?> Table(string text) => Words(text).Select(word => word.Split('=')).ToDictionary(
        parts => Id(parts[0]),
        parts => parts is [_, "?"] ? null : new Lease(
            default, Id(parts[0]), "", 1, null, 0, Checkpoint.Parse(parts.Length > 1 ? parts[1] : "50", 0),
            Array.Find(Shards, shard => shard.Id == Id(parts[0]))?.Parents ?? [], [], null));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Id(string number) => $"shardId-{number.PadLeft(12, '0')}";

    private static string Number(string id) => id[^1..];

    private static Shard Closed(int number, uint start, uint end, params int[] parents) => Open(number, start, end, parents) with { IsOpen = false };

    private static Shard Open(int number, uint start, uint end, params int[] parents) =>
        new(Id($"{number}"), new(new(start), new(end)), [.. parents.Select(parent => Id($"{parent}"))], IsOpen: true);
}
