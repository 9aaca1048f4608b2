using System.Text.Json.Nodes;
using DataProcessor.Aws.Local.Streams;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class ListShardsTests
{
    // 0 was split into 1 and 2 at 1,000; 1 and 2 were merged into 3 at 2,000.
    private static readonly ShardInfo[] Family =
    [
        new(0, new HashRange(0, UInt128.MaxValue), null, null, 0, 1_000, 1),
        new(1, new HashRange(0, 99), 0, null, 1_000, 2_000, 1),
        new(2, new HashRange(100, UInt128.MaxValue), 0, null, 1_000, 2_000, 1),
        new(3, new HashRange(0, UInt128.MaxValue), 1, 2, 2_000),
    ];

    [Theory]
    [InlineData(null, 0, 0, new[] { 0, 1, 2, 3 })]
    [InlineData(null, 0, 1_500, new[] { 1, 2, 3 })]
    [InlineData("AT_LATEST", 0, 0, new[] { 3 })]
    [InlineData("AT_TRIM_HORIZON", 0, 0, new[] { 0 })]
    [InlineData("AT_TRIM_HORIZON", 0, 1_500, new[] { 1, 2 })]
    [InlineData("FROM_TRIM_HORIZON", 0, 1_500, new[] { 1, 2, 3 })]
    [InlineData("AT_TIMESTAMP", 1_000, 0, new[] { 1, 2 })]
    [InlineData("AT_TIMESTAMP", 500, 1_500, new[] { 1, 2 })]
    [InlineData("FROM_TIMESTAMP", 1_001, 0, new[] { 1, 2, 3 })]
    [InlineData("FROM_TIMESTAMP", 2_001, 0, new[] { 3 })]
    public void A_filter_shows_the_generation_it_asks_for(string? type, long timestamp, long horizon, int[] expected) =>
        Assert.Equal(expected, Family.Where(shard => new ShardFilter(type, TimestampMs: timestamp).Matches(shard, horizon)).Select(shard => shard.Index));

    [Fact]
    public async Task Pages_cover_all_shards_once()
    {
        await using var kinesis = await LocalKinesis.StartAsync(LocalKinesis.Unlimited(shards: 7));
        var page = await kinesis.CallAsync("ListShards", new { StreamName = "s", MaxResults = 3, ShardFilter = new { Type = "AFTER_SHARD_ID", ShardId = "shardId-000000000000" } });
        var found = Ids(page);
        while (page["NextToken"] is { } token)
        {
            page = await kinesis.CallAsync("ListShards", new { NextToken = (string)token!, MaxResults = 2 });
            found.AddRange(Ids(page));
        }

        Assert.Equal(Enumerable.Range(1, 6).Select(ShardInfo.NameOf), found);
        Assert.Equal(
            ["shardId-000000000005", "shardId-000000000006"],
            Ids(await kinesis.CallAsync("ListShards", new { StreamName = "s", ExclusiveStartShardId = "shardId-000000000004" })));
    }

    [Fact]
    public async Task A_token_lives_300_seconds()
    {
        var time = new FakeTimeProvider();
        await using var kinesis = await LocalKinesis.StartAsync(LocalKinesis.Unlimited(shards: 2), time);
        var token = (string)(await kinesis.CallAsync("ListShards", new { StreamName = "s", MaxResults = 1 }))["NextToken"]!;

        time.Advance(TimeSpan.FromSeconds(300));
        Assert.Single(Ids(await kinesis.CallAsync("ListShards", new { NextToken = token })));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("ExpiredNextTokenException", (await kinesis.ErrorAsync("ListShards", new { NextToken = token })).Code);
    }

    [Fact]
    public async Task Metadata_keeps_the_lineage_and_a_closed_shard_has_an_end()
    {
        using var folder = new TemporaryFolder();
        using (var folders = new StreamFolders(folder.Path, NullLogger.Instance))
        {
            folders.Save(new StreamInfo("s", 5, 24, 1024, Family));
            Assert.Equal(Family, folders.LoadStreams().Single().Shards);
        }

        var options = LocalKinesis.Unlimited();
        options.DataFolder = folder.Path;
        await using var kinesis = await LocalKinesis.StartAsync(options, new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(3_000)));
        var merged = (await kinesis.CallAsync("ListShards", new { StreamName = "s" }))["Shards"]![3]!;
        Assert.Equal("shardId-000000000001", (string)merged["ParentShardId"]!);
        Assert.Equal("shardId-000000000002", (string)merged["AdjacentParentShardId"]!);
        Assert.Null((await FirstPageAsync("shardId-000000000000"))["NextShardIterator"]);
        Assert.NotNull((await FirstPageAsync("shardId-000000000003"))["NextShardIterator"]);

        async Task<JsonObject> FirstPageAsync(string shardId) => await kinesis.CallAsync(
            "GetRecords", new { ShardIterator = await kinesis.IteratorAsync(shardId, new { ShardIteratorType = "TRIM_HORIZON" }) });
    }

    private static List<string> Ids(JsonObject page) => [.. page["Shards"]!.AsArray().Select(shard => (string)shard!["ShardId"]!)];
}
