using System.Text.Json.Nodes;
using DataProcessor.Aws.Local;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class DurabilityTests : IDisposable
{
    private const string Shard = "shardId-000000000000";
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_750_000_000_000));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_acknowledged_record_is_there_after_a_kill_and_numbers_go_on_above_it()
    {
        List<string> acknowledged = [];
        List<string> folders = [];
        await using (var kinesis = await StartAsync("data"))
        {
            for (var i = 0; i < 20; i++)
            {
                acknowledged.Add((string)(await kinesis.PutAsync("k", [(byte)i]))["SequenceNumber"]!);
                if (i % 5 == 0)
                {
                    folders.Add(_folder.CopyOf(_folder.Sub("data"), $"killed-{i}"));
                }
            }
        }

        folders.Add(_folder.Sub("data"));
        foreach (var (folder, count) in folders.Zip([1, 6, 11, 16, 20]))
        {
            await using var kinesis = await StartAsync(Path.GetFileName(folder));
            var read = await kinesis.ReadAllAsync(Shard);
            Assert.Equal(acknowledged[..count], read.Select(record => (string)record["SequenceNumber"]!));
            Assert.Equal(Enumerable.Range(0, count), read.Select(record => (int)Convert.FromBase64String((string)record["Data"]!)[0]));

            var next = (string)(await kinesis.PutAsync("k", []))["SequenceNumber"]!;
            Assert.True(string.CompareOrdinal(next, acknowledged[count - 1]) > 0);
        }
    }

    [Fact]
    public async Task Concurrent_puts_over_the_socket_are_all_there_in_the_order_of_their_numbers()
    {
        var options = Options("data", shards: 3);
        options.Port = 0;
        await using var kinesis = await LocalKinesis.StartAsync(options, TimeProvider.System);
        using var client = new HttpClient { BaseAddress = kinesis.Server.Endpoint };

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(call => SocketCalls.JsonAsync(client, "PutRecords", new
        {
            StreamName = "s",
            Records = Enumerable.Range(0, 20).Select(i => new { PartitionKey = $"{call}-{i}", Data = Content(call, i) }),
        })));

        var acknowledged = answers.SelectMany(answer => answer["Records"]!.AsArray())
            .ToLookup(record => (string)record!["ShardId"]!, record => (string)record!["SequenceNumber"]!);
        await using var recovered = await StartAsync(Path.GetFileName(_folder.CopyOf(_folder.Sub("data"), "killed")));
        Assert.Equal(3, acknowledged.Count);
        foreach (var shard in acknowledged)
        {
            var read = await recovered.ReadAllAsync(shard.Key);
            Assert.Equal(shard.Order(StringComparer.Ordinal), read.Select(record => (string)record["SequenceNumber"]!));
            Assert.All(read, record =>
            {
                var key = ((string)record["PartitionKey"]!).Split('-');
                Assert.Equal(Content(int.Parse(key[0]), int.Parse(key[1])), Convert.FromBase64String((string)record["Data"]!));
            });
        }

        static byte[] Content(int call, int i) => [.. Enumerable.Repeat((byte)(call + i), 100 + (call * i))];
    }

    [Fact]
    public async Task A_second_server_is_kept_out_of_the_folder_until_the_first_has_left()
    {
        await using (await StartAsync("data"))
        {
            var refusal = await Assert.ThrowsAsync<IOException>(() => StartAsync("data"));
            Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        }

        await (await StartAsync("data")).DisposeAsync();
    }

    [Fact]
    public async Task A_full_folder_refuses_records_loudly_and_keeps_what_it_has_until_it_expires()
    {
        var options = Options("data");
        options.MaxDataBytes = 1024 * 1024;
        await using var kinesis = await LocalKinesis.StartAsync(options, _time);
        var put = await kinesis.CallAsync("PutRecords", new
        {
            StreamName = "s",
            Records = Enumerable.Repeat(new { PartitionKey = "k", Data = new byte[200_000] }, 7),
        });

        Assert.Equal(2, (int)put["FailedRecordCount"]!);
        var refused = put["Records"]!.AsArray()[^1]!;
        Assert.Equal("InternalFailure", (string)refused["ErrorCode"]!);
        Assert.Contains("MaxDataBytes", (string)refused["ErrorMessage"]!, StringComparison.Ordinal);
        Assert.Equal(2, kinesis.Server.Counters.RecordsRefused);
        Assert.Equal(5, (await kinesis.ReadAllAsync(Shard)).Count);

        _time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(0, (int)(await kinesis.CallAsync("PutRecords", new
        {
            StreamName = "s",
            Records = Enumerable.Repeat(new { PartitionKey = "k", Data = new byte[200_000] }, 5),
        }))["FailedRecordCount"]!);
    }

    [Fact]
    public async Task Records_older_than_the_retention_period_are_gone_and_numbers_still_grow()
    {
        string last;
        await using (var kinesis = await StartAsync("data"))
        {
            await kinesis.PutAsync("k", [1]);
            _time.Advance(TimeSpan.FromHours(23));
            last = (string)(await kinesis.PutAsync("k", [2]))["SequenceNumber"]!;
            _time.Advance(TimeSpan.FromMinutes(61));
            Assert.Equal([2], (await kinesis.ReadAllAsync(Shard)).Select(record => Convert.FromBase64String((string)record["Data"]!)[0]));
            _time.Advance(TimeSpan.FromHours(24));
            Assert.Empty(await kinesis.ReadAllAsync(Shard));
        }

        Assert.Single(Directory.GetFiles(_folder.Sub("data"), "*.segment", SearchOption.AllDirectories));
        await using var reopened = await StartAsync("data");
        Assert.True(string.CompareOrdinal((string)(await reopened.PutAsync("k", [3]))["SequenceNumber"]!, last) > 0);
        Assert.Equal([3], (await reopened.ReadAllAsync(Shard)).Select(record => Convert.FromBase64String((string)record["Data"]!)[0]));
    }

    [Fact]
    public async Task A_recreated_stream_is_another_one_even_within_the_same_millisecond()
    {
        await using var kinesis = await StartAsync("data");
        var number = (string)(await kinesis.PutAsync("k", [1]))["SequenceNumber"]!;
        var iterator = await kinesis.IteratorAsync(Shard, new { ShardIteratorType = "TRIM_HORIZON" });

        await kinesis.CallAsync("DeleteStream", new { StreamName = "s" });
        Assert.Empty(Directory.GetDirectories(Path.Combine(_folder.Sub("data"), "streams")));
        await kinesis.CallAsync("CreateStream", new { StreamName = "s", ShardCount = 1 });

        Assert.Empty(await kinesis.ReadAllAsync(Shard));
        Assert.NotEqual(number, (string)(await kinesis.PutAsync("k", [1]))["SequenceNumber"]!);
        Assert.Equal("ResourceNotFoundException", (await kinesis.ErrorAsync("GetRecords", new { ShardIterator = iterator })).Code);
        Assert.Equal("InvalidArgumentException", (await kinesis.ErrorAsync("GetShardIterator", new
        {
            StreamName = "s", ShardId = Shard, ShardIteratorType = "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber = number,
        })).Code);
    }

    [Fact]
    public async Task A_stream_deleted_amid_puts_leaves_nothing_behind()
    {
        var options = Options("data", shards: 3);
        options.Port = 0;
        await using var kinesis = await LocalKinesis.StartAsync(options, TimeProvider.System);
        using var client = new HttpClient { BaseAddress = kinesis.Server.Endpoint };
        object put = new { StreamName = "s", Records = Enumerable.Range(0, 50).Select(i => new { PartitionKey = $"{i}", Data = new byte[1000] }) };

        var puts = Enumerable.Range(0, 40).Select(_ => SocketCalls.JsonAsync(client, "PutRecords", put)).ToList();
        await Task.WhenAny(puts);
        await kinesis.CallAsync("DeleteStream", new { StreamName = "s" });
        var answers = await Task.WhenAll(puts);

        Assert.All(answers, answer => Assert.True(
            answer["FailedRecordCount"] is { } failed ? (int)failed == 0 : (string)answer["__type"]! == "ResourceNotFoundException"));
        var status = JsonNode.Parse(await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken))!;
        Assert.Equal(0, (long)status["usedBytes"]!);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_folder.Sub("data"), "streams")));
    }

    [Fact]
    public async Task A_write_that_the_disk_refuses_fails_loudly_and_the_next_one_works()
    {
        await using var kinesis = await StartAsync("data");
        var inTheWay = Path.Combine(Directory.GetDirectories(Path.Combine(_folder.Sub("data"), "streams")).Single(), Shard);
        await File.WriteAllTextAsync(inTheWay, "not a folder", TestContext.Current.CancellationToken);

        var (code, _) = await kinesis.ErrorAsync("PutRecord", new { StreamName = "s", PartitionKey = "k", Data = "AAAA" });
        File.Delete(inTheWay);
        await kinesis.PutAsync("k", [1]);

        Assert.Equal("InternalFailure", code);
        Assert.Single(await kinesis.ReadAllAsync(Shard));
    }

    private async Task<LocalKinesis> StartAsync(string name) => await LocalKinesis.StartAsync(Options(name), _time);

    private LocalKinesisOptions Options(string name, int shards = 1)
    {
        var options = LocalKinesis.Unlimited(shards);
        options.DataFolder = _folder.Sub(name);
        return options;
    }
}
