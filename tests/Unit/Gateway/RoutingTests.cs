using System.Text;
using CsCheck;
using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.Gateway;

public class RoutingTests
{
    private sealed record Given(string Data, string? PartitionKey, UInt128? ExplicitHashKey);

    private static readonly Gen<Given> Record = Gen.Select(
        Gen.Int[0, 20_000].Select(size => new string('d', size)),
        Gen.Null(Gen.String[Gen.Char.AlphaNumeric, 1, 10]),
        Gen.Nullable(Gen.Select(Gen.ULong, Gen.ULong, (high, low) => new UInt128(high, low)), 0.3),
        (data, key, hash) => new Given(data, key, hash));

    [Fact]
    public void Each_record_reaches_the_shard_of_its_hash_key_once_and_in_order() =>
        Gen.Select(Record.Array[1, 40], Maps.Any).Sample((given, map) =>
        {
            var cluster = new MemoryCluster(1) { Map = map };
            var routes = StreamRoutes.Of(map, null, cluster.Grains, long.MaxValue);
            using var records = Frame(given);

            var arrived = new List<int>();
            foreach (var group in RecordRouter.Route(records, records.Open(), routes, FramePacker.ChunkBytes, 0))
            {
                Assert.Equal(group.Records.Order(), group.Records);
                Assert.Equal(group.Bytes, group.Records.Sum(records.FrameLengthOf));
                for (var rest = group.Records; rest.Count > 0;)
                {
                    var chunk = FramePacker.Pack(records, rest, group.Target);
                    Assert.True(chunk.Frames.Length <= FramePacker.ChunkBytes || chunk.Records.Count == 1);
                    arrived.AddRange(chunk.Records);
                    AssertFrames(given, chunk, group.Target.Shard);
                    rest = rest[chunk.Records.Count..];
                }
            }

            Assert.Equal(Enumerable.Range(0, given.Length), arrived.Order());
        }, iter: 300);

    [Fact]
    public void Records_without_a_key_share_a_shard_until_a_chunk_is_full_and_avoid_shards_in_trouble()
    {
        var time = TimeProvider.System;
        var routes = StreamRoutes.Of(Maps.Even(4), null, new MemoryCluster(4).Grains, long.MaxValue);
        routes.Targets[2].Avoid(time, TimeSpan.FromMinutes(1));
        using var records = Frame([.. Enumerable.Repeat(new Given(new string('d', 30_000), null, null), 6)]);

        var groups = RecordRouter.Route(records, records.Open(), routes, FramePacker.ChunkBytes, time.GetTimestamp());

        Assert.Equal([2, 2, 2], groups.Select(group => group.Records.Count));
        Assert.DoesNotContain(groups, group => group.Target == routes.Targets[2]);
    }

    [Fact]
    public void Records_without_a_key_avoid_a_shard_whose_producer_has_answered_none_of_its_calls_for_half_a_second()
    {
        var time = new FakeTimeProvider();
        var target = StreamRoutes.Of(Maps.Even(1), null, new MemoryCluster(1).Grains, long.MaxValue).Targets[0];
        target.OnCall(time);
        time.Advance(TimeSpan.FromMilliseconds(400));
        target.OnCall(time);
        Assert.False(target.IsAvoided(time.GetTimestamp()));
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(target.IsAvoided(time.GetTimestamp()));

        target.OnAnswered(time);
        Assert.False(target.IsAvoided(time.GetTimestamp()));
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.True(target.IsAvoided(time.GetTimestamp()));
        target.OnAnswered(time);
        time.Advance(TimeSpan.FromHours(1));
        Assert.False(target.IsAvoided(time.GetTimestamp()), "Nobody has asked it anything.");
    }

    [Fact]
    public void Records_without_a_key_avoid_a_lost_producer_until_it_answers_a_call()
    {
        var time = new FakeTimeProvider();
        var target = StreamRoutes.Of(Maps.Even(1), null, new MemoryCluster(1).Grains, long.MaxValue).Targets[0];
        target.OnCall(time);
        target.OnFailed(time);
        time.Advance(TimeSpan.FromSeconds(4));
        target.OnCall(time);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.True(target.IsAvoided(time.GetTimestamp()), "The call under way is the trial.");

        target.OnAnswered(time);
        Assert.False(target.IsAvoided(time.GetTimestamp()));
    }

    [Fact]
    public void A_newer_map_keeps_what_is_known_of_the_shards_that_stay()
    {
        var cluster = new MemoryCluster(2);
        var old = StreamRoutes.Of(cluster.Map, null, cluster.Grains, 100);
        var split = new ShardMap(Maps.Stream, 2, [
            cluster.Map.Shards[0],
            cluster.Map.Shards[1] with { IsOpen = false },
            new("left", new(cluster.Map.Shards[1].Range.Start, cluster.Map.Shards[1].Range.Middle), [], true),
            new("right", new(new(cluster.Map.Shards[1].Range.Middle.Value + 1), HashKey.Max), [], true),
        ]);

        var routes = StreamRoutes.Of(split, old, cluster.Grains, 100);

        Assert.Same(old.Targets[0], routes.Targets[0]);
        Assert.Equal(["left", "right"], routes.Targets[1..].Select(target => target.Shard.Id));
    }

    [Fact]
    public void Reading_and_routing_allocate_little_more_than_the_puts()
    {
        var body = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 1000).Select(i =>
            $$"""{"partitionKey":"key-{{i % 100}}","data":"{{new string('d', 180)}}\n{{i}}"}""")));
        var routes = StreamRoutes.Of(Maps.Even(8), null, new MemoryCluster(8).Grains, long.MaxValue);
        var parser = new RecordParser(1000, 1000);
        Pack();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var packed = Pack();
        var overhead = GC.GetAllocatedBytesForCurrentThread() - before - packed;

        Assert.InRange(packed, 200_000, 300_000);
        Assert.InRange(overhead, 0, 1000 * 16);

        long Pack()
        {
            using var records = new IncomingRecords();
            Assert.Null(parser.Parse(body, BodyFormat.Lines, records));
            var bytes = 0L;
            foreach (var group in RecordRouter.Route(records, records.Open(), routes, FramePacker.ChunkBytes, 0))
            {
                for (var rest = group.Records; rest.Count > 0;)
                {
                    var chunk = FramePacker.Pack(records, rest, group.Target);
                    bytes += chunk.Frames.Length;
                    rest = rest[chunk.Records.Count..];
                }
            }

            return bytes;
        }
    }

    private static void AssertFrames(Given[] given, PackedChunk chunk, Shard shard)
    {
        var stored = MemoryProducer.Read(chunk.Frames);
        Assert.Equal(chunk.Records.Count, stored.Count);
        for (var i = 0; i < stored.Count; i++)
        {
            var expected = given[chunk.Records[i]];
            Assert.Equal(expected.Data, stored[i].Data);
            Assert.Equal(expected.PartitionKey ?? "-", stored[i].PartitionKey);
            Assert.True(shard.Range.Contains(stored[i].HashKey));
            if (expected.ExplicitHashKey is { } hash)
            {
                Assert.Equal(hash, stored[i].HashKey.Value);
            }
            else if (expected.PartitionKey is { } key)
            {
                Assert.Equal(HashKey.FromPartitionKey(key), stored[i].HashKey);
            }
        }
    }

    private static IncomingRecords Frame(Given[] given)
    {
        var records = new IncomingRecords { IsBatch = true };
        foreach (var (data, key, hash) in given)
        {
            var keyBytes = Encoding.UTF8.GetBytes(key ?? RecordFrame.KeylessPartitionKey);
            records.Add(RecordFrame.Write(
                records.Reserve(RecordFrame.SizeOf(keyBytes.Length, data.Length)),
                hash is { } value ? new(value) : key is null ? HashKey.Min : HashKey.FromPartitionKey(keyBytes),
                hash is not null,
                key is null && hash is null,
                keyBytes,
                Encoding.UTF8.GetBytes(data)));
        }

        return records;
    }
}
