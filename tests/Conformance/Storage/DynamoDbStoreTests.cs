using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using DataProcessor.Conformance.Harness;
using DataProcessor.Grains.Storage;
using DataProcessor.Unit.Storage;
using DynamoDbValue = Amazon.DynamoDBv2.Model.AttributeValue;
using OurValue = DataProcessor.Grains.Storage.AttributeValue;

namespace DataProcessor.Conformance.Storage;

/// <summary>The store's contract, the same suite as SQLite's, against Amazon's DynamoDB Local.</summary>
public sealed class DynamoDbStoreTests(ForeignParts foreign) : ConditionalStoreConformance, IAsyncLifetime
{
    private static readonly StoreTable Things = new("things", "id", "expiresAt");
    private static readonly StoreTable Others = new("others", "id");

    private AmazonDynamoDBClient? _client;
    private DynamoDbStore? _store;

    private protected override IConditionalStore Store => _store!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var endpoint = await foreign.DynamoDbLocalAsync();

        // It keeps a database for each access key, so every test has its own.
        _client = new AmazonDynamoDBClient(
            new BasicAWSCredentials($"test{Guid.NewGuid():N}", "secret"),
            new AmazonDynamoDBConfig { ServiceURL = endpoint.ToString(), AuthenticationRegion = "us-east-1" });
        foreach (var table in (StoreTable[])[Things, Others])
        {
            await DynamoDbStoreTables.EnsureAsync(_client, table, TimeProvider.System, Token);
        }

        _store = new DynamoDbStore(_client, Time);
        foreign.Cases.Add("the store's contract on DynamoDB Local");
    }

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_table_is_made_once_by_many_and_expires_by_its_attribute()
    {
        var table = new StoreTable("new", "id", "until");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(
            _ => DynamoDbStoreTables.EnsureAsync(_client!, table, TimeProvider.System, Token)));

        var expiry = await _client!.DescribeTimeToLiveAsync(
            new DescribeTimeToLiveRequest { TableName = "new" }, Token);
        Assert.Equal("until", expiry.TimeToLiveDescription.AttributeName);
        var described = await _client.DescribeTableAsync("new", Token);
        Assert.Equal(BillingMode.PAY_PER_REQUEST, described.Table.BillingModeSummary.BillingMode);
        var notOurs = await Assert.ThrowsAsync<StoreException>(
            () => DynamoDbStoreTables.EnsureAsync(_client, table with { KeyAttribute = "key" }, TimeProvider.System, Token));
        Assert.Contains("new", notOurs.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attributes_of_types_that_are_not_ours_are_kept()
    {
        var theirs = new Dictionary<string, DynamoDbValue>
        {
            ["id"] = new() { S = "k" },
            ["flag"] = new() { BOOL = true },
            ["map"] = new() { M = new() { ["x"] = new() { N = "1" } } },
            ["huge"] = new() { N = "-1E+60" },
            ["n"] = new() { N = "1" },
        };
        await _client!.PutItemAsync("things", theirs, Token);

        var result = await Store.UpdateIfAsync(
            Things, "k", new ItemUpdate().Set("n", 2), WriteCondition.Equal("n", OurValue.Number(1)), Token);

        Assert.Equal(["n"], result.Item!.Attributes.Keys);
        var kept = await _client.GetItemAsync("things", new() { ["id"] = new() { S = "k" } }, Token);
        Assert.True(kept.Item["flag"].BOOL);
        Assert.Equal("1", kept.Item["map"].M["x"].N);
    }

    [Theory]
    [InlineData("99999999999999999999999999999999999999")]
    [InlineData("10000000000000000000000000000000000000")]
    [InlineData("-0.00000000000000000000000000000000000001")]
    [InlineData("12345678901234567890")]
    [InlineData("0.5")]
    public async Task Numbers_keep_all_their_digits(string number)
    {
        var value = OurValue.Number(number);
        await Store.UpdateIfAsync(Things, "k", new ItemUpdate().Set("n", value), WriteCondition.None, Token);

        Assert.Equal(value, (await Store.GetAsync(Things, "k", Token))!.Attributes["n"]);
    }

    [Fact]
    public async Task Of_writers_that_find_an_expired_item_one_replaces_it()
    {
        var old = new ItemUpdate().Set("expiresAt", Time.GetUtcNow().ToUnixTimeSeconds()).Set("old", "x");
        await Store.UpdateIfAsync(Things, "k", old, WriteCondition.None, Token);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Store.UpdateIfAsync(
            Things, "k", new ItemUpdate().Set("by", writer), WriteCondition.ItemAbsent, Token).AsTask()));

        var item = await Store.GetAsync(Things, "k", Token);
        Assert.Equal(["by"], item!.Attributes.Keys);
        Assert.Single(results, result => result.Succeeded);
        Assert.All(results, result => Assert.Equal(item.Attributes, result.Item!.Attributes));
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_made_by_those_who_need_it_first()
    {
        var table = new StoreTable("not-yet-there", "id", Index: new("byOwner", "owner"));
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Store.UpdateIfAsync(
            table, "k", new ItemUpdate().Set("owner", $"{writer}"), WriteCondition.ItemAbsent, Token).AsTask()));

        Assert.Single(results, result => result.Succeeded);
        var described = (await _client!.DescribeTableAsync(table.Name, Token)).Table;
        var index = Assert.Single(described.GlobalSecondaryIndexes);
        Assert.Equal(("byOwner", ProjectionType.KEYS_ONLY), (index.IndexName, index.Projection.ProjectionType));
        Assert.Equal([("owner", KeyType.HASH), ("id", KeyType.RANGE)], index.KeySchema.Select(key => (key.AttributeName, key.KeyType)));
    }

    [Fact]
    public async Task A_table_of_another_key_and_a_dead_endpoint_are_named()
    {
        var notOurs = await Assert.ThrowsAsync<StoreException>(
            async () => await Store.GetAsync(Things with { KeyAttribute = "key" }, "k", Token));
        Assert.Contains("things", notOurs.Message, StringComparison.Ordinal);

        using var unreachable = new AmazonDynamoDBClient(
            new BasicAWSCredentials("test", "secret"),
            new AmazonDynamoDBConfig { ServiceURL = "http://127.0.0.1:1", AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 });
        var dead = await Assert.ThrowsAsync<StoreException>(
            async () => await new DynamoDbStore(unreachable, Time).GetAsync(Things, "k", Token));
        Assert.Contains("things", dead.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_is_an_outage_and_a_cancelled_call_is_not()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using var client = new AmazonDynamoDBClient(
            new BasicAWSCredentials("test", "secret"),
            new AmazonDynamoDBConfig
            {
                ServiceURL = $"http://{silent.LocalEndpoint}",
                AuthenticationRegion = "us-east-1",
                MaxErrorRetry = 0,
                Timeout = TimeSpan.FromMilliseconds(200),
            });
        var store = new DynamoDbStore(client, Time);

        await Assert.ThrowsAsync<StoreException>(async () => await store.GetAsync(Things, "k", Token));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetAsync(Things, "k", cancelled.Token));
    }
}
