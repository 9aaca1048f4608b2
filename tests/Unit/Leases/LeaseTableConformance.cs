using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;
using Xunit;

namespace DataProcessor.Unit.Leases;

/// <summary>What the lease table must do on every store; a class per store runs it.</summary>
public abstract partial class LeaseTableConformance
{
    private static readonly StreamIdentity Stream = new("orders", 1_700_000_000, "123456789012");
    private static readonly Shard Child = new("shardId-000000000002", new(new(5), new(9)), ["shardId-000000000000", "shardId-000000000001"], IsOpen: true);
    private static readonly StoreTable Rows = new("app", "leaseKey");

    private protected abstract IConditionalStore Store { get; }

    private LeaseTable Leases => field ??= new(Store, "app");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_lease_has_KCLs_attributes_to_the_letter()
    {
        await Create();

        var expected = new ItemUpdate()
            .Set("leaseCounter", 0)
            .Set("ownerSwitchesSinceCheckpoint", 0)
            .Set("checkpoint", "TRIM_HORIZON")
            .Set("checkpointSubSequenceNumber", 0)
            .Set("parentShardId", AttributeValue.Set(Child.Parents))
            .Set("startingHashKey", "5")
            .Set("endingHashKey", "9")
            .Set("entityType", "LEASE")
            .Set("streamName", "123456789012:orders:1700000000")
            .Set("shardId", "shardId-000000000002");
        Assert.Equal(
            expected.Sets.OrderBy(pair => pair.Key), (await Row()).Attributes.OrderBy(pair => pair.Key));
        Assert.Equal("123456789012:orders:1700000000:shardId-000000000002", (await Row()).Key);
    }

    [Fact]
    public async Task The_life_of_a_lease_leaves_the_rows_that_KCL_would()
    {
        var taken = (await Leases.TakeAsync(await Create(), "one", Token)).Lease!;
        await AssertRow(counter: 1, "one", switches: 0, "TRIM_HORIZON", 0);

        taken = (await Leases.TakeAsync(taken, "two", Token)).Lease!;
        await AssertRow(counter: 2, "two", switches: 1, "TRIM_HORIZON", 0);

        var position = new StreamPosition(new("4961"), 7);
        taken = (await Leases.CheckpointAsync(taken, Checkpoint.At(position), Token)).Lease!;
        await AssertRow(counter: 3, "two", switches: 0, "4961", 7);

        taken = (await Leases.ReleaseAsync(taken, Token)).Lease!;
        await AssertRow(counter: 4, null, switches: 0, "4961", 7);

        taken = (await Leases.TakeAsync(taken, "three", Token)).Lease!;
        await AssertRow(counter: 5, "three", switches: 0, "4961", 7);

        Shard[] children = [Child with { Id = "shardId-000000000004", Parents = [Child.Id] }, Child with { Id = "shardId-000000000003", Parents = [Child.Id] }];
        await Leases.CompleteAsync(taken, children, Token);
        await AssertRow(counter: 6, "three", switches: 0, "SHARD_END", 0);
        Assert.Equal(["shardId-000000000003", "shardId-000000000004"], (await Row()).Set("childShardIds"));
        var made = (await Leases.ListAsync(Stream, Token)).Where(lease => lease.Key != Stream.LeaseKey(Child.Id)).ToArray();
        Assert.Equal(2, made.Length);
        Assert.All(made, lease => Assert.Equal((Checkpoint.TrimHorizon, null, Child.Id), (lease.Checkpoint, lease.Owner, Assert.Single(lease.Parents))));
    }

    [Fact]
    public async Task Attributes_of_others_survive_every_write_but_a_pending_checkpoint_does_not()
    {
        var lease = await Create();
        await Store.UpdateIfAsync(
            Rows,
            lease.Key,
            new ItemUpdate().Set("throughputKBps", 3).Set("theirs", "x").Set("pendingCheckpoint", "12"),
            WriteCondition.None,
            Token);

        lease = (await Leases.TakeAsync(lease, "me", Token)).Lease!;
        await Leases.CheckpointAsync(lease, Checkpoint.Latest, Token);

        var row = await Row();
        Assert.Equal(("x", 3L, null), (row.Text("theirs"), row.Number("throughputKBps"), row.Text("pendingCheckpoint")));
    }

    [Fact]
    public Task A_stale_owner_cannot_write() => AssertStaleOwnerCannotWrite(Store);

    [Fact]
    public async Task The_check_of_stale_owners_catches_a_store_that_ignores_conditions() =>
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(
            () => AssertStaleOwnerCannotWrite(new UnconditionalStore(Store)));

    [Fact]
    public async Task A_repeat_of_an_own_write_whose_answer_was_lost_succeeds()
    {
        var mine = (await Leases.TakeAsync(await Create(), "me", Token)).Lease!;
        var checkpoint = Checkpoint.At(new(new("5"), 0));
        await Leases.CheckpointAsync(mine, checkpoint, Token);

        var repeated = await Leases.CheckpointAsync(mine, checkpoint, Token);

        Assert.True(repeated.Succeeded);
        Assert.Equal((2, checkpoint), (repeated.Lease!.Counter, repeated.Lease.Checkpoint));
        Assert.True((await Leases.CheckpointAsync(repeated.Lease, Checkpoint.ShardEnd, Token)).Succeeded);
        Assert.False((await Leases.CheckpointAsync(mine, checkpoint, Token)).Succeeded);
    }

    [Fact]
    public async Task A_write_after_one_whose_answer_was_lost_is_made_and_not_mistaken_for_it()
    {
        var mine = (await Leases.TakeAsync(await Create(), "me", Token)).Lease!;
        await Leases.CheckpointAsync(mine, Checkpoint.At(new(new("5"), 0)), Token);

        var next = await Leases.CheckpointAsync(mine, Checkpoint.At(new(new("6"), 1)), Token);

        Assert.True(next.Succeeded);
        await AssertRow(counter: 3, "me", switches: 0, "6", 1);
    }

    [Fact]
    public async Task A_child_of_a_shard_that_was_read_begins_at_its_first_record_whatever_the_initial_position()
    {
        var other = Child with { Id = "shardId-000000000009", Parents = ["shardId-000000000008"] };
        await Leases.GetOrCreateAsync(Stream, Child with { Id = Child.Parents[1], Parents = [] }, Checkpoint.Latest, Token);

        Assert.Equal(Checkpoint.TrimHorizon, (await Leases.GetOrCreateAsync(Stream, Child, Checkpoint.Latest, Token)).Checkpoint);
        Assert.Equal(Checkpoint.Latest, (await Leases.GetOrCreateAsync(Stream, other, Checkpoint.Latest, Token)).Checkpoint);
    }

    [Fact]
    public async Task Creating_what_exists_leaves_it_and_a_list_is_of_one_creation_of_the_stream()
    {
        var lease = (await Leases.TakeAsync(await Create(), "me", Token)).Lease!;
        var recreated = Stream with { Epoch = Stream.Epoch + 1 };
        await Leases.GetOrCreateAsync(recreated, Child, Checkpoint.Latest, Token);
        await Store.UpdateIfAsync(
            Rows, Stream.LeaseKey("metrics"), new ItemUpdate().Set("entityType", "WORKER_METRICS"), WriteCondition.None, Token);

        Assert.Equivalent(lease, await Create());
        Assert.Equivalent(lease, Assert.Single(await Leases.ListAsync(Stream, Token)));
    }

    private static async Task AssertStaleOwnerCannotWrite(IConditionalStore store)
    {
        var leases = new LeaseTable(store, "stale");
        var stale = await leases.GetOrCreateAsync(Stream, Child, Checkpoint.TrimHorizon, Token);
        stale = (await leases.TakeAsync(stale, "stale", Token)).Lease!;
        var current = (await leases.TakeAsync(stale, "current", Token)).Lease!;
        current = (await leases.CheckpointAsync(current, Checkpoint.At(new(new("100"), 0)), Token)).Lease!;

        LeaseWrite[] writes =
        [
            await leases.CheckpointAsync(stale, Checkpoint.At(new(new("50"), 0)), Token),
            await leases.CompleteAsync(stale, [], Token),
            await leases.ReleaseAsync(stale, Token),
            await leases.TakeAsync(stale, "stale", Token),
        ];

        Assert.All(writes, write => Assert.False(write.Succeeded));
        Assert.All(writes, write => Assert.Equal("current", write.Lease!.Owner));
        Assert.Equivalent(current, await leases.GetOrCreateAsync(Stream, Child, Checkpoint.TrimHorizon, Token));
    }

    private ValueTask<Lease> Create() => Leases.GetOrCreateAsync(Stream, Child, Checkpoint.TrimHorizon, Token);

    private async Task<StoreItem> Row() => (await Store.GetAsync(Rows, Stream.LeaseKey(Child.Id), Token))!;

    private async Task AssertRow(long counter, string? owner, long switches, string checkpoint, long sub)
    {
        var row = await Row();
        Assert.Equal(
            (counter, owner, switches, checkpoint, sub),
            (row.Number("leaseCounter"), row.Text("leaseOwner"), row.Number("ownerSwitchesSinceCheckpoint"),
                row.Text("checkpoint"), row.Number("checkpointSubSequenceNumber")));
    }
}
