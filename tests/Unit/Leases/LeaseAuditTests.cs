using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;
using DataProcessor.Unit.Reading;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DataProcessor.Unit.Leases;

public sealed class LeaseAuditTests : IDisposable
{
    private const string Losses = "dataprocessor.reader.lost_positions";

    private static readonly StreamIdentity Stream = ReaderWorld.Stream;
    private static readonly Shard Parent = new("shardId-000000000000", new(HashKey.Min, new(99)), [], IsOpen: false);
    private static readonly Shard Low = new("shardId-000000000002", new(HashKey.Min, new(49)), [Parent.Id], IsOpen: true);
    private static readonly Shard High = new("shardId-000000000003", new(new(50), new(99)), [Parent.Id], IsOpen: true);
    private static readonly Shard Other = new("shardId-000000000001", new(new(100), HashKey.Max), [], IsOpen: true);
    private static readonly Shard[] Shards = [Parent, Other, Low, High];

    private readonly ReaderWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_start_makes_the_leases_and_an_audit_that_finds_nothing_wrong_writes_nothing()
    {
        var (coverage, _) = await AuditAsync(Shards, Checkpoint.Latest);
        Assert.Equal([Other.Id, Low.Id, High.Id], (await ListAsync()).Select(lease => lease.ShardId));
        Assert.All(await ListAsync(), lease => Assert.Equal((Checkpoint.Latest, null), (lease.Checkpoint, lease.Owner)));
        Assert.Equal([false, true, true, true], Shards.Select(coverage.IsLeased));

        var writes = _world.Store.Writes;
        (coverage, _) = await AuditAsync(Shards, Checkpoint.Latest);
        Assert.Equal(writes, _world.Store.Writes);
        Assert.Equal([false, true, true, true], Shards.Select(coverage.IsLeased));
        Assert.Equal(0, _world.Counted(Losses));
    }

    [Fact]
    public async Task Children_of_a_shard_that_ends_between_audits_count_as_leased_and_finished_shards_are_known()
    {
        var (coverage, _) = await AuditAsync(Shards, Checkpoint.TrimHorizon);
        Assert.Equal([true, true, false, false], Shards.Select(coverage.IsLeased));
        coverage.OnFinished(Parent.Id);
        Assert.Equal([true, true, true, true], Shards.Select(coverage.IsLeased));

        await CompleteAsync(Parent, [Low, High]);
        (coverage, _) = await AuditAsync(Shards, Checkpoint.TrimHorizon);
        Assert.Equal([true, false, false, false], Shards.Select(shard => coverage.IsFinished(shard.Id)));
        Assert.Equal([true, true, true, true], Shards.Select(coverage.IsLeased));
    }

    [Fact]
    public async Task A_hole_is_repaired_and_a_deleted_lease_of_a_running_reader_is_left_to_it()
    {
        await AuditAsync(Shards, Checkpoint.TrimHorizon);
        await CompleteAsync(Parent, [Low, High]);
        await DeleteAsync(Low);
        await DeleteAsync(Other);

        var (coverage, deleted) = await AuditAsync(Shards, Checkpoint.Latest, running: [High.Id, Other.Id]);

        Assert.Equal([Other.Id], deleted);
        Assert.Equal([Parent.Id, Low.Id, High.Id], (await ListAsync()).Select(lease => lease.ShardId));
        Assert.Equal(Checkpoint.TrimHorizon, (await FindAsync(Low))!.Checkpoint);
        Assert.All(Shards, shard => Assert.True(coverage.IsLeased(shard)));
    }

    [Fact]
    public async Task A_shard_past_its_retention_that_was_not_finished_is_a_loss_that_counts_once_and_goes_when_its_children_have_begun()
    {
        await AuditAsync([Parent with { IsOpen = true }, Other], Checkpoint.TrimHorizon);
        Shard[] left = [Other, Low, High];
        for (var audit = 0; audit < 3; audit++)
        {
            await AuditAsync(left, Checkpoint.Latest);
            Assert.Equal(1, _world.Counted(Losses));
        }

        Assert.Equal([Checkpoint.TrimHorizon, Checkpoint.TrimHorizon], [(await FindAsync(Low))!.Checkpoint, (await FindAsync(High))!.Checkpoint]);
        Assert.True((await FindAsync(Parent))!.IsFinished);
        foreach (var child in (Shard[])[Low, High])
        {
            var table = Table();
            await table.CheckpointAsync((await FindAsync(child))!, Checkpoint.At(new(new("7"), 0)), Token);
        }

        await AuditAsync(left, Checkpoint.Latest);
        Assert.Null(await FindAsync(Parent));
        Assert.Equal(1, _world.Counted(Losses));
    }

    [Theory]
    [InlineData("MultiStream")]
    [InlineData("SingleStream")]
    public async Task A_stream_made_anew_is_a_loss_for_each_unfinished_shard_and_is_read_from_its_first_record(string form)
    {
        var keys = Enum.Parse<LeaseKeys>(form);
        await AuditAsync(Shards, Checkpoint.TrimHorizon, keys: keys);
        await CompleteAsync(Parent, [Low, High], keys);
        var stale = (await Table(keys).TakeAsync((await FindAsync(Other, keys))!, "stale", Token)).Lease!;
        var anew = Stream with { Epoch = Stream.Epoch + 60 };
        Shard[] shards = [Parent with { IsOpen = true }, Other];
        for (var audit = 0; audit < 3; audit++)
        {
            await AuditAsync(shards, Checkpoint.Latest, keys: keys, stream: anew);
            Assert.Equal(3, _world.Counted(Losses));
            var leases = await Table(keys).ListAsync(anew, Token);
            Assert.Equal([Parent.Id, Other.Id], leases.Select(lease => lease.ShardId).Order());
            Assert.All(leases, lease => Assert.Equal((Checkpoint.TrimHorizon, null), (lease.Checkpoint, lease.Owner)));
        }

        Assert.Empty((await Table(keys).SurveyAsync(anew, Token)).Former);
        var late = await Table(keys).CheckpointAsync(stale, Checkpoint.At(new(new("7"), 0)), Token);
        Assert.Equal(keys == LeaseKeys.MultiStream, late.IsRestored); // A row that nobody reads; the next audit closes it.
        Assert.Equal(Checkpoint.TrimHorizon, (await Table(keys).FindAsync(anew, Other.Id, Token))!.Checkpoint);
    }

    [Fact]
    public async Task An_audit_that_is_cut_off_at_any_write_is_finished_by_the_next()
    {
        var crashes = 0;
        for (var failing = 1; ; failing++)
        {
            using var world = new ReaderWorld();
            await RunAsync(world, Stream with { Epoch = Stream.Epoch - 60 }, Shards, Checkpoint.TrimHorizon);
            var writes = 0;
            world.Store.Before = () => ++writes == failing ? throw new StoreException("cut off") : Task.CompletedTask;
            try
            {
                await RunAsync(world, Stream, Shards, Checkpoint.Latest);
                break;
            }
            catch (StoreException)
            {
                crashes++;
            }

            await RunAsync(world, Stream, Shards, Checkpoint.Latest);
            var leases = await new LeaseTable(world.Store, "app").ListAsync(Stream, Token);
            Assert.Equal([Parent.Id, Other.Id], leases.Select(lease => lease.ShardId).Order());
            Assert.All(leases, lease => Assert.Equal(Checkpoint.TrimHorizon, lease.Checkpoint));
            Assert.Equal(2, world.Counted(Losses));
        }

        Assert.Equal(4, crashes); // two leases closed, two made
    }

    public void Dispose() => _world.Dispose();

    private LeaseTable Table(LeaseKeys keys = LeaseKeys.MultiStream) => new(_world.Store, "app", keys);

    private async Task<(LeaseCoverage Coverage, IReadOnlyList<string> Deleted)> AuditAsync(
        Shard[] shards, Checkpoint initial, string[]? running = null, LeaseKeys keys = LeaseKeys.MultiStream, StreamIdentity? stream = null) =>
        await RunAsync(_world, stream ?? Stream, shards, initial, running, keys);

    private static async Task<(LeaseCoverage Coverage, IReadOnlyList<string> Deleted)> RunAsync(
        ReaderWorld world, StreamIdentity stream, Shard[] shards, Checkpoint initial, string[]? running = null, LeaseKeys keys = LeaseKeys.MultiStream) =>
        await new LeaseAudit(new(world.Store, "app", keys), "app", world.Instruments, NullLogger.Instance)
            .RunAsync(new(stream, 1, shards), running ?? [], initial, Token);

    private async Task<IEnumerable<Lease>> ListAsync() => (await Table().ListAsync(Stream, Token)).OrderBy(lease => Array.FindIndex(Shards, shard => shard.Id == lease.ShardId));

    private async Task<Lease?> FindAsync(Shard shard, LeaseKeys keys = LeaseKeys.MultiStream) => await Table(keys).FindAsync(Stream, shard.Id, Token);

    private async Task CompleteAsync(Shard shard, Shard[] children, LeaseKeys keys = LeaseKeys.MultiStream) =>
        await Table(keys).CompleteAsync((await FindAsync(shard, keys))!, children, Token);

    private async Task DeleteAsync(Shard shard) => Assert.True(await Table().DeleteAsync((await FindAsync(shard))!, Token));
}
