using System.Numerics;
using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Conformance.Client;

public abstract partial class KinesisClientConformance
{
    private const string SecondShard = "shardId-000000000001";

    [Fact]
    public async Task A_split_shard_ends_and_names_its_children()
    {
        await Stream.PutAsync(new PutRecordsEntry("k", "0", new byte[] { 1 }), new PutRecordsEntry("k", "5", new byte[] { 2 }));
        await Client.SplitShardAsync(Stream.Name, StreamUnderTest.FirstShard, "1000", Cancel);
        await Stream.UntilActiveAsync();
        var shards = await Stream.ListAsync();
        var start = BigInteger.Parse(shards[0].StartingSequenceNumber, null);
        var end = BigInteger.Parse(shards[0].EndingSequenceNumber!, null);
        var records = await Stream.ReadAsync(await Stream.IteratorAsync(ShardIteratorStart.TrimHorizon));

        Assert.Equal(
            ["0-999", $"1000-{shards[0].EndingHashKey}"],
            shards.Where(shard => shard.ParentShardId == StreamUnderTest.FirstShard)
                .Select(shard => $"{shard.StartingHashKey}-{shard.EndingHashKey}"));
        Assert.Equal(Stream.Has(ServerOddity.ShardFilterIsIgnored) ? 4 : 3, (await Stream.ListAsync(ShardFilter.AtLatest)).Length);
        Assert.Equal(Stream.Has(ServerOddity.ClosedShardEndsBelowItsStart), end < start);
        Assert.Equal("1 2", FirstBytes(records));
    }

    [Fact]
    public async Task Merged_shards_end_in_one_child()
    {
        await Client.MergeShardsAsync(Stream.Name, StreamUnderTest.FirstShard, SecondShard, Cancel);
        await Stream.UntilActiveAsync();
        var shards = await Stream.ListAsync();
        var child = Assert.Single(shards, shard => shard.EndingSequenceNumber is null);

        Assert.Equal(3, shards.Length);
        Assert.Equal([StreamUnderTest.FirstShard, SecondShard], ((string[])[child.ParentShardId!, child.AdjacentParentShardId!]).Order());
        Assert.Equal(("0", HashKey.Max.ToString()), (child.StartingHashKey, child.EndingHashKey));
    }

    [Fact]
    public async Task A_number_of_shards_can_be_asked_for()
    {
        if (await LacksAsync(ServerOddity.NoUpdateShardCount, () => Client.UpdateShardCountAsync(Stream.Name, 4, Cancel)))
        {
            return;
        }

        await Stream.UntilActiveAsync();
        ShardDescription[] open = [.. (await Stream.ListAsync(ShardFilter.AtLatest)).OrderBy(shard => HashKey.Parse(shard.StartingHashKey))];

        Assert.Equal(4, open.Length);
        Assert.Equal(HashKey.Min, HashKey.Parse(open[0].StartingHashKey));
        Assert.Equal(HashKey.Max, HashKey.Parse(open[^1].EndingHashKey));
        Assert.All(open.Zip(open.Skip(1)), pair => Assert.Equal(
            HashKey.Parse(pair.First.EndingHashKey).Value + 1, HashKey.Parse(pair.Second.StartingHashKey).Value));
    }
}
