using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class IteratorTests : IAsyncLifetime
{
    private const string Shard = "shardId-000000000000";
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_750_000_000_000));
    private readonly List<string> _numbers = [];
    private LocalKinesis _kinesis = null!;

    public async ValueTask InitializeAsync()
    {
        _kinesis = await LocalKinesis.StartAsync(LocalKinesis.Unlimited(), _time);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            _numbers.Add((string)(await _kinesis.PutAsync("k", [(byte)i]))["SequenceNumber"]!);
        }
    }

    public ValueTask DisposeAsync() => _kinesis.DisposeAsync();

    [Fact]
    public async Task Each_type_of_iterator_starts_where_it_says()
    {
        await AssertReadsAsync([0, 1, 2, 3, 4], new { ShardIteratorType = "TRIM_HORIZON" });
        await AssertReadsAsync([2, 3, 4], new { ShardIteratorType = "AT_SEQUENCE_NUMBER", StartingSequenceNumber = _numbers[2] });
        await AssertReadsAsync([3, 4], new { ShardIteratorType = "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber = _numbers[2] });
        await AssertReadsAsync([2, 3, 4], new { ShardIteratorType = "AT_TIMESTAMP", Timestamp = 1_750_000_000.030m });
        await AssertReadsAsync([3, 4], new { ShardIteratorType = "AT_TIMESTAMP", Timestamp = 1_750_000_000.031m });
        await AssertReadsAsync([0, 1, 2, 3, 4], new { ShardIteratorType = "AT_TIMESTAMP", Timestamp = 0 });
        await AssertReadsAsync([], new { ShardIteratorType = "LATEST" });

        var start = (await _kinesis.CallAsync("ListShards", new { StreamName = "s" }))["Shards"]![0]!["SequenceNumberRange"]!["StartingSequenceNumber"];
        await AssertReadsAsync([0, 1, 2, 3, 4], new { ShardIteratorType = "AT_SEQUENCE_NUMBER", StartingSequenceNumber = (string)start! });
    }

    [Fact]
    public async Task Latest_sees_what_comes_after_it()
    {
        var iterator = await _kinesis.IteratorAsync(Shard, new { ShardIteratorType = "LATEST" });
        await _kinesis.PutAsync("k", [9]);

        var page = await _kinesis.CallAsync("GetRecords", new { ShardIterator = iterator });
        Assert.Equal([9], Values(page));
    }

    [Fact]
    public async Task Pages_go_on_where_the_last_one_ended_and_say_how_far_behind_they_are()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var iterator = await _kinesis.IteratorAsync(Shard, new { ShardIteratorType = "TRIM_HORIZON" });

        var first = await _kinesis.CallAsync("GetRecords", new { ShardIterator = iterator, Limit = 2 });
        var second = await _kinesis.CallAsync("GetRecords", new { ShardIterator = (string)first["NextShardIterator"]!, Limit = 3 });

        Assert.Equal([0, 1], Values(first));
        Assert.Equal(1_020, (long)first["MillisBehindLatest"]!);
        Assert.Equal([2, 3, 4], Values(second));
        Assert.Equal(0, (long)second["MillisBehindLatest"]!);
    }

    [Fact]
    public async Task A_page_holds_at_most_10_MiB_but_always_one_record()
    {
        for (var i = 0; i < 12; i++)
        {
            await _kinesis.PutAsync("k", new byte[1024 * 1024 - 1]);
        }

        var iterator = await _kinesis.IteratorAsync(Shard, new { ShardIteratorType = "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber = _numbers[4] });
        var page = await _kinesis.CallAsync("GetRecords", new { ShardIterator = iterator });

        Assert.Equal(10, page["Records"]!.AsArray().Count);
        Assert.Equal(17, (await _kinesis.ReadAllAsync(Shard)).Count);
    }

    [Fact]
    public async Task An_iterator_lives_five_minutes()
    {
        var iterator = await _kinesis.IteratorAsync(Shard, new { ShardIteratorType = "TRIM_HORIZON" });
        _time.Advance(TimeSpan.FromMinutes(5));
        await _kinesis.CallAsync("GetRecords", new { ShardIterator = iterator });
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("ExpiredIteratorException", (await _kinesis.ErrorAsync("GetRecords", new { ShardIterator = iterator })).Code);
    }

    [Theory]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    [InlineData("AAAAAAAAAAGiBT3zFwAAAAIAAAAAAAAAAgAAAaIFPk+dZGF0YS1wcm9jZXNzaW5nLXN0cmVhbQ==")]
    public async Task A_made_up_iterator_is_refused(string iterator) =>
        Assert.Equal("InvalidArgumentException", (await _kinesis.ErrorAsync("GetRecords", new { ShardIterator = iterator })).Code);

    [Fact]
    public async Task A_sequence_number_that_was_not_given_out_here_is_refused()
    {
        var number = _numbers[2];
        string[] foreign =
        [
            "49590338271490256608559692538361571095921575989136588898",
            number[..^1] + '1',
            number[..15] + "1750000000031" + number[28..],
            number[..28] + "000000000000000099" + number[46..],
            number[..28] + "000000000000000000" + number[46..],
            "1",
        ];
        foreach (var text in foreign)
        {
            Assert.Equal("InvalidArgumentException", (await _kinesis.ErrorAsync("GetShardIterator", new
            {
                StreamName = "s", ShardId = Shard, ShardIteratorType = "AT_SEQUENCE_NUMBER", StartingSequenceNumber = text,
            })).Code);
        }
    }

    [Fact]
    public async Task A_time_in_the_future_is_refused() =>
        Assert.Equal("InvalidArgumentException", (await _kinesis.ErrorAsync("GetShardIterator", new
        {
            StreamName = "s", ShardId = Shard, ShardIteratorType = "AT_TIMESTAMP", Timestamp = 1_750_000_001,
        })).Code);

    private async Task AssertReadsAsync(int[] expected, object start) => Assert.Equal(
        expected,
        Values(await _kinesis.CallAsync("GetRecords", new { ShardIterator = await _kinesis.IteratorAsync(Shard, start) })));

    private static int[] Values(JsonObject page) =>
        [.. page["Records"]!.AsArray().Select(record => (int)Convert.FromBase64String((string)record!["Data"]!)[0])];
}
