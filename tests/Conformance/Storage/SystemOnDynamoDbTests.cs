using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using DataProcessor.Cluster;
using DataProcessor.Conformance.Harness;
using DataProcessor.Grains.Storage;
using DataProcessor.Unit.Leases;
using OurValue = DataProcessor.Grains.Storage.AttributeValue;

namespace DataProcessor.Conformance.Storage;

/// <summary>The whole process with its leases in DynamoDB Local.</summary>
public sealed class SystemOnDynamoDbTests(ForeignParts foreign, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("data-processor-");
    private readonly string _application = $"app-{Guid.NewGuid():N}";
    private CountingProxy _proxy = null!;
    private AmazonDynamoDBClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _proxy = await CountingProxy.StartAsync(await foreign.DynamoDbLocalAsync(), Token);
        _client = DynamoDbLocal.Client(_proxy.Endpoint, "local"); // the process' database
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _proxy.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task It_goes_on_where_it_was_writes_only_for_shards_that_get_records_and_leaves_no_owner_behind()
    {
        await using (var process = await StartAsync(_application, "--Reader:CheckpointInterval=00:00:01"))
        {
            await PostAsync(process, "0");
            await process.Processed.WaitForAsync(1, Token);
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            await UntilAsync(async () => (await RowsAsync(_application)).Count(row => row.ContainsKey("leaseOwner")) == 4);
            _proxy.Calls.Clear();
            var began = TimeProvider.System.GetTimestamp();
            for (var i = 1; i < 40; i++)
            {
                await PostAsync(process, $"{i}");
                await pace.WaitForNextTickAsync(Token);
            }

            await process.Processed.WaitForAsync(40, Token);
            var (elapsed, written) = (TimeProvider.System.GetElapsedTime(began), _proxy.Written());
            output.WriteLine($"{written.Length} writes to {written.Distinct().Count()} of 4 leases in {elapsed.TotalSeconds:F1} s, at an interval of 1 s");
            Assert.Single(written.Distinct());
            Assert.InRange(written.Length, 2, elapsed.TotalSeconds + 1);
        }

        var rows = await RowsAsync(_application);
        Assert.Equal(4, rows.Count);
        Assert.All(rows, row => Assert.False(row.ContainsKey("leaseOwner")));
        Assert.All(rows, row => Assert.Matches("^[0-9]{12}:data-processing-stream:[0-9]+:shardId-[0-9]{12}$", row["leaseKey"].S));
        await using (var process = await StartAsync(_application))
        {
            await PostAsync(process, "40");
            Assert.Equal(["40"], (await process.Processed.WaitForAsync(1, Token)).Select(record => record.Data));
        }
    }

    [Fact]
    public async Task An_application_that_was_KCLs_is_taken_over_shard_by_shard_and_handed_back()
    {
        string shard, third;
        await using (var process = await StartAsync("someone-else"))
        {
            var puts = new List<JsonNode>();
            for (var i = 0; i < 6; i++)
            {
                puts.Add(await PostAsync(process, $"{i}"));
            }

            (shard, third) = ((string)puts[2]["shardId"]!, (string)puts[2]["sequenceNumber"]!);
        }

        var store = new DynamoDbStore(_client, TimeProvider.System);
        var table = new StoreTable(_application, "leaseKey");
        string[] shards = [.. Enumerable.Range(0, 4).Select(i => $"shardId-{i:d12}")];
        foreach (var id in shards)
        {
            var row = new ItemUpdate().Set("leaseCounter", 7).Set("ownerSwitchesSinceCheckpoint", 0).Set("throughputKBps", OurValue.Number("1.5"))
                .Set("checkpoint", id == shard ? third : "TRIM_HORIZON").Set("checkpointSubSequenceNumber", 0);
            await store.UpdateIfAsync(table, id, row, WriteCondition.ItemAbsent, Token);
        }

        var kept = shards.First(id => id != shard);
        using var stopKcl = new CancellationTokenSource();
        var kcl = new KclWorker(store, _application, kept, TimeProvider.System).RunAsync(stopKcl.Token);
        await using (var process = await StartAsync(_application, "--Reader:ForeignOwnerTimeout=00:00:10"))
        {
            Assert.Equal(["3", "4", "5"], (await process.Processed.WaitForAsync(3, Token)).Select(record => record.Data));
            await UntilAsync(async () => (await process.StreamAsync(Token))["shards"]!.AsArray()
                .Any(view => (string?)view!["shardId"] == kept && ((string?)view["lastError"])?.Contains("renews it", StringComparison.Ordinal) == true));
        }

        var rows = (await RowsAsync(_application)).ToDictionary(row => row["leaseKey"].S);
        Assert.Equal(shards, rows.Keys.Order());
        Assert.Equal(KclWorker.Name, rows[kept]["leaseOwner"].S);
        Assert.All(rows.Values.Where(row => row["leaseKey"].S != kept), row => Assert.False(row.ContainsKey("leaseOwner")));
        Assert.All(rows.Values, row => Assert.Equal("1.5", row["throughputKBps"].N));
        Assert.True(string.CompareOrdinal(third, rows[shard]["checkpoint"].S) < 0);
        stopKcl.Cancel();
        Assert.False(await kcl); // It still had its lease.
    }

    private Task<RunningProcess> StartAsync(string application, params string[] arguments) => RunningProcess.StartAsync(
        _folder.FullName,
        Token,
        [
            "--storage", "dynamodb", "--dynamodb-endpoint", _proxy.Endpoint.ToString(), "--application-name", application, "--shard-count", "4",
            .. arguments,
        ]);

    /// <summary>All of one key, one after the other: one shard gets them, each in a Kinesis record of its own.</summary>
    private static async Task<JsonNode> PostAsync(RunningProcess process, string data)
    {
        using var response = await process.Gateway.PostAsJsonAsync("/", new { data, partitionKey = "k" }, Token);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!;
    }

    private async Task<List<Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>>> RowsAsync(string table) =>
        (await _client.ScanAsync(new ScanRequest { TableName = table, ConsistentRead = true }, Token)).Items;

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!await condition())
        {
            await pause.WaitForNextTickAsync(Token);
        }
    }
}
