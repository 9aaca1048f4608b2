using System.Text.Json.Nodes;
using DataProcessor.Aws.Local;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class ReshardTests
{
    private const string Middle = "170141183460469231731687303715884105728";
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_750_000_000_000));

    [Fact]
    public async Task A_split_closes_the_parent_and_its_last_page_names_the_children()
    {
        await using var kinesis = await StartAsync();
        var before = (string)(await kinesis.PutAsync("k", [1]))["SequenceNumber"]!;
        var iterator = await kinesis.IteratorAsync(Id(0), new { ShardIteratorType = "TRIM_HORIZON" });

        await SplitAsync(kinesis, Id(0), Middle);
        var after = await kinesis.PutAsync("k", [2]);

        var shards = await kinesis.ShardsAsync();
        Assert.Equal([null, Id(0), Id(0)], shards.Select(shard => (string?)shard["ParentShardId"]));
        Assert.Equal([Id(1), Id(2)], Ids(await kinesis.ShardsAsync("AT_LATEST")));
        Assert.Equal([Id(0)], Ids(await kinesis.ShardsAsync("AT_TRIM_HORIZON")));
        var ending = (string)shards[0]["SequenceNumberRange"]!["EndingSequenceNumber"]!;
        string[] growing = [before, ending, (string)shards[1]["SequenceNumberRange"]!["StartingSequenceNumber"]!, (string)after["SequenceNumber"]!];
        Assert.Equal(growing.Order(StringComparer.Ordinal), growing);
        Assert.NotEqual(Id(0), (string)after["ShardId"]!);

        var page = await kinesis.CallAsync("GetRecords", new { ShardIterator = iterator });
        Assert.Single(page["Records"]!.AsArray());
        Assert.Null(page["NextShardIterator"]);
        Assert.Equal([Id(1), Id(2)], page["ChildShards"]!.AsArray().Select(child => (string)child!["ShardId"]!));
        Assert.Equal([Id(0)], page["ChildShards"]![1]!["ParentShards"]!.AsArray().Select(parent => (string)parent!));
        Assert.Equal(Middle, (string)page["ChildShards"]![1]!["HashKeyRange"]!["StartingHashKey"]!);
        Assert.Null((await kinesis.CallAsync("GetRecords", new { ShardIterator = await kinesis.IteratorAsync(
            Id(0), new { ShardIteratorType = "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber = ending }) }))["NextShardIterator"]);
    }

    [Fact]
    public async Task A_merge_has_two_parents_and_both_name_it_as_their_child()
    {
        await using var kinesis = await StartAsync(2);

        await kinesis.CallAsync("MergeShards", new { StreamName = "s", ShardToMerge = Id(1), AdjacentShardToMerge = Id(0) });

        var merged = (await kinesis.ShardsAsync())[2];
        Assert.Equal((Id(1), Id(0)), ((string)merged["ParentShardId"]!, (string)merged["AdjacentParentShardId"]!));
        foreach (var parent in (string[])[Id(0), Id(1)])
        {
            var page = await kinesis.CallAsync("GetRecords", new { ShardIterator = await kinesis.IteratorAsync(parent, new { ShardIteratorType = "TRIM_HORIZON" }) });
            Assert.Equal(Id(2), (string)page["ChildShards"]!.AsArray().Single()!["ShardId"]!);
        }
    }

    [Fact]
    public async Task While_updating_puts_go_to_the_parent_and_nothing_else_is_begun()
    {
        await using var kinesis = await StartAsync(latency: TimeSpan.FromSeconds(3));
        await SplitAsync(kinesis, Id(0), Middle);

        Assert.Equal("UPDATING", await StatusAsync(kinesis));
        Assert.Equal(Id(0), (string)(await kinesis.PutAsync("k", [1]))["ShardId"]!);
        Assert.Equal("ResourceInUseException", (await kinesis.ErrorAsync("SplitShard", new { StreamName = "s", ShardToSplit = Id(0), NewStartingHashKey = Middle })).Code);
        Assert.Equal("ResourceInUseException", (await kinesis.ErrorAsync("UpdateShardCount", new { StreamName = "s", TargetShardCount = 2, ScalingType = "UNIFORM_SCALING" })).Code);
        Assert.Single(await kinesis.ShardsAsync());

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal([Id(1), Id(2)], Ids(await kinesis.ShardsAsync("AT_LATEST")));
        Assert.Equal("ACTIVE", await StatusAsync(kinesis));
    }

    [Theory]
    [InlineData("SplitShard", """{"StreamName":"s","ShardToSplit":"shardId-000000000000","NewStartingHashKey":"1"}""", "InvalidArgumentException", "is not both greater than one plus")]
    [InlineData("SplitShard", """{"StreamName":"s","ShardToSplit":"shardId-000000000001","NewStartingHashKey":"340282366920938463463374607431768211455"}""", "InvalidArgumentException", "less than the shard's EndingHashKey")]
    [InlineData("SplitShard", """{"StreamName":"s","ShardToSplit":"shardId-000000000001","NewStartingHashKey":"5"}""", "InvalidArgumentException", "greater than")]
    [InlineData("SplitShard", """{"StreamName":"s","ShardToSplit":"shardId-000000000001","NewStartingHashKey":"05"}""", "ValidationException", "'newStartingHashKey'")]
    [InlineData("SplitShard", """{"StreamName":"s","ShardToSplit":"shardId-000000000009","NewStartingHashKey":"5"}""", "ResourceNotFoundException", "Could not find shard shardId-000000000009")]
    [InlineData("SplitShard", """{"StreamName":"s"}""", "ValidationException", "2 validation errors")]
    [InlineData("MergeShards", """{"StreamName":"s","ShardToMerge":"shardId-000000000000","AdjacentShardToMerge":"shardId-000000000000"}""", "InvalidArgumentException", "not an adjacent pair")]
    [InlineData("MergeShards", """{"StreamName":"s","ShardToMerge":"shardId-000000000000","AdjacentShardToMerge":"shardId-000000000002"}""", "InvalidArgumentException", "not an adjacent pair")]
    [InlineData("UpdateShardCount", """{"StreamName":"s","TargetShardCount":3,"ScalingType":"UNIFORM_SCALING"}""", "InvalidArgumentException", "is the current open shard count")]
    [InlineData("UpdateShardCount", """{"StreamName":"s","TargetShardCount":7,"ScalingType":"UNIFORM_SCALING"}""", "LimitExceededException", "over double")]
    [InlineData("UpdateShardCount", """{"StreamName":"s","TargetShardCount":1,"ScalingType":"UNIFORM_SCALING"}""", "LimitExceededException", "below half")]
    [InlineData("UpdateShardCount", """{"StreamName":"s","TargetShardCount":6,"ScalingType":"UNIFORM_SCALING"}""", "LimitExceededException", "Current shard count for the account: 3. Limit: 5. Number of additional shards that would have resulted from this request: 3")]
    [InlineData("UpdateShardCount", """{"StreamName":"s","TargetShardCount":4,"ScalingType":"OTHER"}""", "ValidationException", "UNIFORM_SCALING")]
    [InlineData("IncreaseStreamRetentionPeriod", """{"StreamName":"s","RetentionPeriodHours":8761}""", "InvalidArgumentException", "24 to 8760")]
    [InlineData("DecreaseStreamRetentionPeriod", """{"StreamName":"s","RetentionPeriodHours":48}""", "InvalidArgumentException", "can not be longer")]
    public async Task A_wrong_call_gets_the_services_error_and_changes_nothing(string operation, string body, string code, string message)
    {
        await using var kinesis = await StartAsync(3, shardLimit: 5);

        var error = await Assert.ThrowsAsync<AnswerException>(() => kinesis.SendAsync(operation, body));

        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await kinesis.ShardsAsync()).Count);
        Assert.Equal("ACTIVE", await StatusAsync(kinesis));
    }

    [Fact]
    public async Task The_eleventh_count_in_a_day_and_the_sixth_split_in_a_second_are_refused()
    {
        await using var kinesis = await StartAsync(enforceLimits: true);
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromHours(2));
            var update = await kinesis.CallAsync("UpdateShardCount", new { StreamName = "s", TargetShardCount = 2 - (i % 2), ScalingType = "UNIFORM_SCALING" });
            Assert.Equal((1 + (i % 2), 2 - (i % 2)), ((int)update["CurrentShardCount"]!, (int)update["TargetShardCount"]!));
        }

        object another = new { StreamName = "s", TargetShardCount = 2, ScalingType = "UNIFORM_SCALING" };
        Assert.Equal("LimitExceededException", (await kinesis.ErrorAsync("UpdateShardCount", another)).Code);
        _time.Advance(TimeSpan.FromHours(6));
        await kinesis.CallAsync("UpdateShardCount", another);
        Assert.Equal((6, 5), (kinesis.Server.Counters.Splits, kinesis.Server.Counters.Merges));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("ResourceNotFoundException", (await kinesis.ErrorAsync("SplitShard", new { StreamName = "s", ShardToSplit = "x", NewStartingHashKey = "5" })).Code);
        }

        Assert.Equal("LimitExceededException", (await kinesis.ErrorAsync("SplitShard", new { StreamName = "s", ShardToSplit = "x", NewStartingHashKey = "5" })).Code);
    }

    [Fact]
    public async Task A_closed_shard_is_gone_when_its_last_record_has_expired()
    {
        using var folder = new TemporaryFolder();
        await using var kinesis = await StartAsync(dataFolder: folder.Path);
        await kinesis.PutAsync("k", [1]);
        await SplitAsync(kinesis, Id(0), Middle);
        var iterator = await kinesis.IteratorAsync(Id(0), new { ShardIteratorType = "TRIM_HORIZON" });
        await kinesis.CallAsync("IncreaseStreamRetentionPeriod", new { StreamName = "s", RetentionPeriodHours = 25 });

        _time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(3, (await kinesis.ShardsAsync()).Count);
        await kinesis.CallAsync("DecreaseStreamRetentionPeriod", new { StreamName = "s", RetentionPeriodHours = 24 });

        Assert.Equal([Id(1), Id(2)], Ids(await kinesis.ShardsAsync()));
        Assert.Equal(Id(0), (string)(await kinesis.ShardsAsync())[0]["ParentShardId"]!);
        Assert.Equal("ResourceNotFoundException", (await kinesis.ErrorAsync("GetShardIterator", new { StreamName = "s", ShardId = Id(0), ShardIteratorType = "TRIM_HORIZON" })).Code);
        Assert.Equal("ExpiredIteratorException", (await kinesis.ErrorAsync("GetRecords", new { ShardIterator = iterator })).Code);
        _time.Advance(TimeSpan.FromMinutes(1));
        await SplitAsync(kinesis, Id(1), "1000");
        Assert.Equal([Id(1), Id(2), Id(3), Id(4)], Ids(await kinesis.ShardsAsync()));
        Assert.Empty(Directory.GetDirectories(folder.Path, Id(0), SearchOption.AllDirectories));
        Assert.Equal((10_000, 3), await LimitsAsync(kinesis));
    }

    private static async Task<(int ShardLimit, int Open)> LimitsAsync(LocalKinesis kinesis)
    {
        var limits = await kinesis.CallAsync("DescribeLimits", new { });
        return ((int)limits["ShardLimit"]!, (int)limits["OpenShardCount"]!);
    }

    private async Task<LocalKinesis> StartAsync(
        int shards = 1, TimeSpan latency = default, int shardLimit = 10_000, bool enforceLimits = false, string? dataFolder = null)
    {
        var options = LocalKinesis.Unlimited(shards);
        options.ReshardLatency = latency;
        options.ShardLimit = shardLimit;
        options.EnforceLimits = enforceLimits;
        options.DataFolder = dataFolder;
        return await LocalKinesis.StartAsync(options, _time);
    }

    private static Task<JsonObject> SplitAsync(LocalKinesis kinesis, string shardId, string key) =>
        kinesis.CallAsync("SplitShard", new { StreamName = "s", ShardToSplit = shardId, NewStartingHashKey = key });

    private static async Task<string> StatusAsync(LocalKinesis kinesis) =>
        (string)(await kinesis.CallAsync("DescribeStreamSummary", new { StreamName = "s" }))["StreamDescriptionSummary"]!["StreamStatus"]!;

    private static string Id(int index) => DataProcessor.Aws.Local.Streams.ShardInfo.NameOf(index);

    private static IEnumerable<string> Ids(IEnumerable<JsonObject> shards) => shards.Select(shard => (string)shard["ShardId"]!);
}
