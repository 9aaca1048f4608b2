using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace DataProcessor.Grains.Storage;

/// <summary>Makes the tables of a <see cref="DynamoDbStore"/>, as KCL makes its own: paid by request, expiry switched on.</summary>
internal static class DynamoDbStoreTables
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Makes the table unless it is there, and waits until it can be used. Several silos may do so at once.</summary>
    /// <exception cref="StoreException">It was not ready within 5 minutes, or has another key.</exception>
    public static async Task EnsureAsync(
        IAmazonDynamoDB client, StoreTable table, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var found = await FindAsync(client, table, cancellationToken); found?.TableStatus != TableStatus.ACTIVE;)
        {
            if (found is null)
            {
                await CreateAsync(client, table, cancellationToken);
            }

            if (time.GetElapsedTime(start) > Patience)
            {
                throw new StoreException($"Table {table.Name} of DynamoDB is {found?.TableStatus ?? "absent"} after {Patience}.");
            }

            found = await FindAsync(client, table, cancellationToken);
            if (found?.TableStatus != TableStatus.ACTIVE)
            {
                await Task.Delay(Poll, time, cancellationToken);
            }
        }

        if (table.ExpiryAttribute is { } expiry)
        {
            await ExpireByAsync(client, table, expiry, cancellationToken);
        }
    }

    private static async Task<TableDescription?> FindAsync(
        IAmazonDynamoDB client, StoreTable table, CancellationToken cancellationToken)
    {
        try
        {
            var found = (await client.DescribeTableAsync(table.Name, cancellationToken)).Table;
            return found.KeySchema is [{ AttributeName: { } key }] && key == table.KeyAttribute
                ? found
                : throw new StoreException($"Table {table.Name} of DynamoDB is not ours: its key is not {table.KeyAttribute} alone.");
        }
        catch (ResourceNotFoundException)
        {
            return null;
        }
    }

    private static async Task CreateAsync(IAmazonDynamoDB client, StoreTable table, CancellationToken cancellationToken)
    {
        var request = new CreateTableRequest
        {
            TableName = table.Name,
            KeySchema = [new(table.KeyAttribute, KeyType.HASH)],
            AttributeDefinitions = [new(table.KeyAttribute, ScalarAttributeType.S)],
            BillingMode = BillingMode.PAY_PER_REQUEST,
        };
        if (table.Index is { } index)
        {
            // With the table: adding one to a table that is there takes minutes, and nothing here would use it.
            request.AttributeDefinitions.Add(new(index.Attribute, ScalarAttributeType.S));
            request.GlobalSecondaryIndexes =
            [
                new()
                {
                    IndexName = index.Name,
                    KeySchema = [new(index.Attribute, KeyType.HASH), new(table.KeyAttribute, KeyType.RANGE)],
                    Projection = new() { ProjectionType = ProjectionType.KEYS_ONLY },
                },
            ];
        }

        try
        {
            await client.CreateTableAsync(request, cancellationToken);
        }
        catch (ResourceInUseException)
        {
            // Another silo was first.
        }
    }

    private static async Task ExpireByAsync(
        IAmazonDynamoDB client, StoreTable table, string expiryAttribute, CancellationToken cancellationToken)
    {
        var now = await client.DescribeTimeToLiveAsync(new DescribeTimeToLiveRequest { TableName = table.Name }, cancellationToken);
        var status = now.TimeToLiveDescription.TimeToLiveStatus;
        if (status == TimeToLiveStatus.ENABLED || status == TimeToLiveStatus.ENABLING)
        {
            return;
        }

        var request = new UpdateTimeToLiveRequest
        {
            TableName = table.Name,
            TimeToLiveSpecification = new() { AttributeName = expiryAttribute, Enabled = true },
        };
        try
        {
            await client.UpdateTimeToLiveAsync(request, cancellationToken);
        }
        catch (AmazonDynamoDBException refused) when (refused.ErrorCode == "ValidationException")
        {
            // Another silo was first: DynamoDB refuses what is on already.
        }
    }
}
