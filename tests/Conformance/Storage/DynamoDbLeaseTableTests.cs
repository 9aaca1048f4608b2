using Amazon.DynamoDBv2;
using Amazon.Runtime;
using DataProcessor.Conformance.Harness;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;
using DataProcessor.Unit.Leases;

namespace DataProcessor.Conformance.Storage;

/// <summary>The lease table, the same suite as SQLite's, against Amazon's DynamoDB Local.</summary>
public sealed class DynamoDbLeaseTableTests(ForeignParts foreign) : LeaseTableConformance, IAsyncLifetime
{
    private AmazonDynamoDBClient? _client;

    private protected override IConditionalStore Store => new DynamoDbStore(_client!, TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        // It keeps a database for each access key, so every test has its own.
        _client = DynamoDbLocal.Client(await foreign.DynamoDbLocalAsync(), $"test{Guid.NewGuid():N}");
        foreign.Cases.Add("the lease table on DynamoDB Local");
    }

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_table_is_made_as_KCL_makes_it()
    {
        await new LeaseTable(Store, "MyApplication").SurveyAsync(new("orders", 1, "123456789012"), TestContext.Current.CancellationToken);

        var table = (await _client!.DescribeTableAsync("MyApplication", TestContext.Current.CancellationToken)).Table;
        var index = Assert.Single(table.GlobalSecondaryIndexes);
        Assert.Equal(BillingMode.PAY_PER_REQUEST, table.BillingModeSummary.BillingMode);
        Assert.Equal(["leaseKey HASH"], table.KeySchema.Select(key => $"{key.AttributeName} {key.KeyType}"));
        Assert.Equal(("LeaseOwnerToLeaseKeyIndex", ProjectionType.KEYS_ONLY), (index.IndexName, index.Projection.ProjectionType));
        Assert.Equal(["leaseOwner HASH", "leaseKey RANGE"], index.KeySchema.Select(key => $"{key.AttributeName} {key.KeyType}"));
    }
}

internal static class DynamoDbLocal
{
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="database">Access key, by which it tells databases apart.</param>
    public static AmazonDynamoDBClient Client(Uri endpoint, string database) => new(
        new BasicAWSCredentials(database, "secret"),
        new AmazonDynamoDBConfig { ServiceURL = endpoint.ToString(), AuthenticationRegion = "us-east-1" });
}
