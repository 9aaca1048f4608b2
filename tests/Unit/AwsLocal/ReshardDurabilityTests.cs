using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using DataProcessor.Aws.Local;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class ReshardDurabilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_750_000_000_000));
    private int _runs;

    public void Dispose() => _folder.Dispose();

    /// <summary>What a run does next.</summary>
    private enum Act
    {
        Put,
        PutMany,
        Split,
        Merge,
        Update,
        Wait,
        Kill,
    }

    [Fact]
    public async Task Through_any_splits_merges_and_kills_every_acknowledged_record_is_there_in_order() =>
        await Gen.Select(Gen.Int[0, 3], Gen.Enum<Act>().Select(Gen.Int[0, 1_000]).Array[5, 25]).SampleAsync(
            RunAsync, iter: 40, threads: 1);

    [Fact]
    public async Task Puts_that_race_splits_and_merges_land_in_the_parent_or_in_a_child_and_never_get_lost()
    {
        var options = Options("race", latencySeconds: 0);
        options.Port = 0;
        await using var kinesis = await LocalKinesis.StartAsync(options, TimeProvider.System);
        using var client = new HttpClient { BaseAddress = kinesis.Server.Endpoint };
        var acknowledged = new List<SeenRecord>();
        int[] counts = [2, 3, 2, 1];

        for (var round = 0; round < 12; round++)
        {
            var puts = Enumerable.Range(0, 8).Select(call => PutAsync(client, round, call)).ToList();
            await kinesis.CallAsync("UpdateShardCount", new { StreamName = "s", TargetShardCount = counts[round % counts.Length], ScalingType = "UNIFORM_SCALING" });
            foreach (var put in await Task.WhenAll(puts))
            {
                acknowledged.AddRange(put);
            }
        }

        await using var killed = await LocalKinesis.StartAsync(Options(Path.GetFileName(_folder.CopyOf(_folder.Sub("race"), "killed")), 0), TimeProvider.System);
        var read = await LineageReader.ReadAsync(killed);
        Assert.Equal(12 * 8 * 20, acknowledged.Count);
        Assert.Equal(acknowledged.OrderBy(record => record.SequenceNumber, StringComparer.Ordinal), read.OrderBy(record => record.SequenceNumber, StringComparer.Ordinal));
        Assert.True(read.Select(record => record.ShardId).Distinct().Count() > 10);
    }

    private static async Task<IEnumerable<SeenRecord>> PutAsync(HttpClient client, int round, int call)
    {
        var records = Enumerable.Range(0, 20).Select(i => (Key: $"{round}-{call}-{i}", Value: $"{i}")).ToList();
        var answer = await SocketCalls.JsonAsync(client, "PutRecords", new
        {
            StreamName = "s",
            Records = records.Select(record => new { PartitionKey = record.Key, Data = Encoding.UTF8.GetBytes(record.Value) }),
        });
        Assert.Equal(0, (int)answer["FailedRecordCount"]!);
        return records.Zip(answer["Records"]!.AsArray(), (record, result) => Seen(record.Key, record.Value, result!));
    }

    private async Task RunAsync(int latencySeconds, (Act Act, int Choice)[] acts)
    {
        var name = $"run-{_runs++}";
        var kinesis = await LocalKinesis.StartAsync(Options(name, latencySeconds), _time);
        var acknowledged = new List<SeenRecord>();
        for (var step = 0; step < acts.Length; step++)
        {
            var (act, choice) = acts[step];
            switch (act)
            {
                case Act.Put or Act.PutMany:
                    acknowledged.AddRange(await PutAsync(kinesis, step, act == Act.Put ? 1 : 1 + (choice % 30)));
                    break;
                case Act.Wait:
                    _time.Advance(TimeSpan.FromMilliseconds(choice * 5));
                    break;
                case Act.Kill:
                    var copy = Path.GetFileName(_folder.CopyOf(_folder.Sub(name), $"{name}-{step}"));
                    await kinesis.DisposeAsync();
                    kinesis = await LocalKinesis.StartAsync(Options(name = copy, latencySeconds), _time);
                    break;
                default:
                    await ReshardAsync(kinesis, act, choice);
                    break;
            }
        }

        var read = await LineageReader.ReadAsync(kinesis);
        await kinesis.DisposeAsync();
        Assert.Equal(acknowledged.GroupBy(record => record.Key).OrderBy(key => key.Key), read.GroupBy(record => record.Key).OrderBy(key => key.Key));
    }

    private static async Task<IEnumerable<SeenRecord>> PutAsync(LocalKinesis kinesis, int step, int count)
    {
        var records = Enumerable.Range(0, count).Select(i => (Key: $"k{(step + i) % 11}", Value: $"{step}/{i}")).ToList();
        var answer = await kinesis.CallAsync("PutRecords", new
        {
            StreamName = "s",
            Records = records.Select(record => new { PartitionKey = record.Key, Data = Encoding.UTF8.GetBytes(record.Value) }),
        });
        return records.Zip(answer["Records"]!.AsArray(), (record, result) => Seen(record.Key, record.Value, result!));
    }

    private static async Task ReshardAsync(LocalKinesis kinesis, Act act, int choice)
    {
        var open = (await kinesis.ShardsAsync("AT_LATEST")).OrderBy(shard => UInt128.Parse(Start(shard), CultureInfo.InvariantCulture)).ToList();
        var which = choice % open.Count;
        try
        {
            if (act == Act.Split)
            {
                var (from, to) = (UInt128.Parse(Start(open[which]), CultureInfo.InvariantCulture), UInt128.Parse((string)open[which]["HashKeyRange"]!["EndingHashKey"]!, CultureInfo.InvariantCulture));
                var key = from + ((to - from) / 1_001 * (UInt128)(choice + 1));
                await kinesis.CallAsync("SplitShard", new { StreamName = "s", ShardToSplit = Id(open[which]), NewStartingHashKey = key.ToString(CultureInfo.InvariantCulture) });
            }
            else if (act == Act.Update)
            {
                await kinesis.CallAsync("UpdateShardCount", new { StreamName = "s", TargetShardCount = 1 + (choice % 6), ScalingType = "UNIFORM_SCALING" });
            }
            else if (which > 0)
            {
                await kinesis.CallAsync("MergeShards", new { StreamName = "s", ShardToMerge = Id(open[which - 1]), AdjacentShardToMerge = Id(open[which]) });
            }
        }
        catch (AnswerException e) when (e.Code is "ResourceInUseException" or "LimitExceededException" or "InvalidArgumentException")
        {
            // UPDATING, more than double, the same count: the service's answer to a run's whim.
        }
    }

    private static string Id(JsonObject shard) => (string)shard["ShardId"]!;

    private static string Start(JsonObject shard) => (string)shard["HashKeyRange"]!["StartingHashKey"]!;

    private static SeenRecord Seen(string key, string value, JsonNode result) =>
        new(key, value, (string)result["SequenceNumber"]!, (string)result["ShardId"]!);

    private LocalKinesisOptions Options(string name, int latencySeconds)
    {
        var options = LocalKinesis.Unlimited();
        options.DataFolder = _folder.Sub(name);
        options.ReshardLatency = TimeSpan.FromSeconds(latencySeconds);
        return options;
    }
}
