using CsCheck;

namespace DataProcessor.Unit.Gateway;

internal static class Maps
{
    public static readonly StreamIdentity Stream = new(MemoryCluster.StreamName, 1_700_000_000, "000000000000");

    /// <summary>Maps whose shards begin at random hash keys.</summary>
    public static Gen<ShardMap> Any { get; } =
        Gen.Select(Gen.ULong, Gen.ULong, (high, low) => new UInt128(high, low)).Array[0, 9]
            .Select(starts => Of(1, [UInt128.Zero, .. starts.Where(start => start != 0).Distinct().Order()]));

    public static ShardMap Even(int shards) =>
        Of(1, [.. Enumerable.Range(0, shards).Select(i => UInt128.MaxValue / (uint)shards * (uint)i)]);

    public static ShardMap Of(long version, UInt128[] starts, int firstId = 0)
    {
        var shards = new Shard[starts.Length];
        for (var i = 0; i < starts.Length; i++)
        {
            var end = i == starts.Length - 1 ? UInt128.MaxValue : starts[i + 1] - 1;
            shards[i] = new($"shardId-{firstId + i:D12}", new(new(starts[i]), new(end)), [], IsOpen: true);
        }

        return new(Stream, version, shards);
    }
}
