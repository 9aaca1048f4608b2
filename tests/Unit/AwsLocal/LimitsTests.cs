using DataProcessor.Aws.Local;
using DataProcessor.Aws.Local.Limits;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class LimitsTests
{
    private const int MiB = 1024 * 1024;
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(LimitModel.TokenBucket)]
    [InlineData(LimitModel.SlidingSecond)]
    public async Task A_shard_takes_1000_records_a_second_and_throttles_the_rest_one_by_one(LimitModel model)
    {
        await using var kinesis = await StartAsync(model);

        for (var second = 0; second < 2; second++)
        {
            Assert.Equal(0, await PutAsync(kinesis, 500, 10));
            Assert.Equal(0, await PutAsync(kinesis, 500, 10));
            Assert.Equal(100, await PutAsync(kinesis, 100, 10));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((200, 2000), (kinesis.Server.Counters.RecordsThrottled, kinesis.Server.Counters.RecordsStored));
    }

    [Theory]
    [InlineData(LimitModel.TokenBucket)]
    [InlineData(LimitModel.SlidingSecond)]
    public async Task A_shard_takes_1_MiB_a_second_keys_included(LimitModel model)
    {
        await using var kinesis = await StartAsync(model);

        Assert.Equal(1, await PutAsync(kinesis, 11, (MiB / 10) - 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await PutAsync(kinesis, 1, MiB - 1));
        Assert.Equal(1, await PutAsync(kinesis, 1, 1));
    }

    [Fact]
    public async Task A_throttled_record_says_so_in_the_services_words()
    {
        await using var kinesis = await StartAsync(LimitModel.TokenBucket);
        await PutAsync(kinesis, 1, MiB - 1);

        var (code, message) = await kinesis.ErrorAsync("PutRecord", new { StreamName = "s", PartitionKey = "k", Data = "AAAA" });

        Assert.Equal("ProvisionedThroughputExceededException", code);
        Assert.Equal("Rate exceeded for shard shardId-000000000000 in stream s under account 000000000000.", message);
    }

    [Fact]
    public async Task A_shard_answers_five_GetRecords_a_second()
    {
        await using var kinesis = await StartAsync(LimitModel.TokenBucket);
        var iterator = await kinesis.IteratorAsync("shardId-000000000000", new { ShardIteratorType = "LATEST" });
        for (var i = 0; i < 5; i++)
        {
            await kinesis.CallAsync("GetRecords", new { ShardIterator = iterator });
        }

        Assert.Equal("ProvisionedThroughputExceededException", (await kinesis.ErrorAsync("GetRecords", new { ShardIterator = iterator })).Code);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await kinesis.CallAsync("GetRecords", new { ShardIterator = iterator });
        Assert.Equal(1, kinesis.Server.Counters.CallsThrottled);
    }

    [Theory]
    [InlineData(LimitModel.TokenBucket)]
    [InlineData(LimitModel.SlidingSecond)]
    public void A_read_of_10_MiB_shuts_the_shard_for_as_long_as_it_is_worth(LimitModel model)
    {
        var limits = new ShardLimits(model, _time);
        Assert.True(limits.TryRead());
        limits.HasRead(10 * MiB);

        _time.Advance(TimeSpan.FromMilliseconds(3_900));
        Assert.False(limits.TryRead());
        _time.Advance(TimeSpan.FromMilliseconds(1_200));
        Assert.True(limits.TryRead());
    }

    [Theory]
    [InlineData(LimitModel.TokenBucket)]
    [InlineData(LimitModel.SlidingSecond)]
    public void A_record_above_the_limit_is_admitted_alone(LimitModel model)
    {
        var limits = new ShardLimits(model, _time);

        Assert.True(limits.TryWrite(10 * MiB));
        Assert.False(limits.TryWrite(1));
        _time.Advance(TimeSpan.FromMilliseconds(9_900));
        Assert.False(limits.TryWrite(MiB));
        _time.Advance(TimeSpan.FromMilliseconds(1_100));
        Assert.True(limits.TryWrite(MiB));
    }

    [Fact]
    public async Task Calls_that_manage_streams_have_their_limits_too()
    {
        await using var kinesis = await StartAsync(LimitModel.TokenBucket);
        for (var i = 0; i < 10; i++)
        {
            await kinesis.CallAsync("DescribeStream", new { StreamName = "s" });
        }

        Assert.Equal("LimitExceededException", (await kinesis.ErrorAsync("DescribeStream", new { StreamName = "s" })).Code);
    }

    private async Task<LocalKinesis> StartAsync(LimitModel model)
    {
        var options = LocalKinesis.Unlimited();
        options.EnforceLimits = true;
        options.LimitModel = model;
        return await LocalKinesis.StartAsync(options, _time);
    }

    /// <returns>FailedRecordCount.</returns>
    private static async Task<int> PutAsync(LocalKinesis kinesis, int count, int size) => (int)(await kinesis.CallAsync("PutRecords", new
    {
        StreamName = "s",
        Records = Enumerable.Repeat(new { PartitionKey = "k", Data = new byte[size] }, count),
    }))["FailedRecordCount"]!;
}
