using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using Xunit;

namespace DataProcessor.Unit.Reading;

public sealed class ShardEndTests : IDisposable
{
    private static readonly ChildShard[] Children =
    [
        new("shardId-000000000001", [ReaderWorld.Shard0.Id], "0", "99"),
        new("shardId-000000000002", [ReaderWorld.Shard0.Id], "100", HashKey.Max.ToString()),
    ];

    private readonly ReaderWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void The_end_of_a_shard_leaves_leases_for_its_children_that_begin_at_their_first_record()
    {
        _world.Shard.Put("0");
        (_world.Shard.IsClosed, _world.Shard.Children) = (true, Children);
        _world.Run(async () =>
        {
            Assert.Equal(ReaderExit.Finished, await _world.Reader(new RecordingProcessor()).RunAsync(CancellationToken.None));

            var leases = (await Leases()).ToDictionary(lease => lease.Key);
            var parent = leases[ReaderWorld.Stream.LeaseKey(ReaderWorld.Shard0.Id)];
            Assert.Equal(Checkpoint.ShardEnd, parent.Checkpoint);
            Assert.Equal(Children.Select(child => child.ShardId), parent.Children.Order());
            Assert.All(Children, child =>
            {
                var lease = leases[ReaderWorld.Stream.LeaseKey(child.ShardId)];
                Assert.Equal((Checkpoint.TrimHorizon, null), (lease.Checkpoint, lease.Owner));
                Assert.Equal(child.ParentShards, lease.Parents);
            });
        });
    }

    [Fact]
    public void A_lease_that_a_child_has_already_is_left_as_it_is()
    {
        (_world.Shard.IsClosed, _world.Shard.Children) = (true, Children);
        _world.Run(async () =>
        {
            var table = new LeaseTable(_world.Store, "app");
            var child = new Shard(Children[0].ShardId, new(HashKey.Min, new(99)), Children[0].ParentShards, IsOpen: true);
            var taken = (await table.TakeAsync(
                await table.GetOrCreateAsync(ReaderWorld.Stream, child, Checkpoint.TrimHorizon, CancellationToken.None),
                "reader of the child", CancellationToken.None)).Lease!;

            await _world.Reader(new RecordingProcessor()).RunAsync(CancellationToken.None);

            Assert.Equivalent(taken, (await Leases()).Single(lease => lease.Key == taken.Key));
        });
    }

    [Fact]
    public void A_stop_does_not_take_back_an_end_whose_answer_was_lost()
    {
        _world.Shard.Put("0");
        (_world.Shard.IsClosed, _world.Shard.Children) = (true, Children);
        using var stop = new CancellationTokenSource();
        var (isEnd, ends) = (false, 0);
        _world.Store.Change = update =>
        {
            isEnd = update.Sets.GetValueOrDefault(LeaseAttributes.CheckpointText)?.Text == Checkpoint.ShardEnd.Text;
            return update;
        };
        _world.Store.After = () =>
        {
            if (isEnd && ends++ == 0)
            {
                stop.Cancel();
                throw new StoreException("written, but the answer is lost");
            }
        };
        _world.Run(async () =>
        {
            Assert.Equal(ReaderExit.Finished, await _world.Reader(new RecordingProcessor()).RunAsync(stop.Token));
            Assert.Equal(Checkpoint.ShardEnd, (await _world.Lease()).Checkpoint);
        });
    }

    private async Task<IReadOnlyList<Lease>> Leases() =>
        await new LeaseTable(_world.Store, "app").ListAsync(ReaderWorld.Stream, CancellationToken.None);
}
