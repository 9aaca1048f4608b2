using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using DynamoDbValue = Amazon.DynamoDBv2.Model.AttributeValue;

namespace DataProcessor.Grains.Storage;

/// <summary>
/// The store of a cluster. Each operation is one call of DynamoDB, which makes the check and the write in one step. A table
/// that is not there is made by the first call that needs it. Only an item that has expired and was not yet deleted
/// (DynamoDB takes up to some days) needs a second call: it counts as absent, so what is written replaces it.
/// </summary>
/// <param name="client">
/// The caller's to dispose. It repeats calls after throttles and lost answers; nothing here does. A write whose first attempt
/// was made and whose answer was lost may therefore be refused: <see cref="ItemUpdate.IsIn"/> tells its own work.
/// </param>
/// <param name="time">Decides what has expired.</param>
internal sealed class DynamoDbStore(IAmazonDynamoDB client, TimeProvider time) : IConditionalStore
{
    /// <summary>Each further attempt means that somebody else replaced the expired item in between.</summary>
    private const int MaxReplaceAttempts = 5;

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    public ValueTask<StoreItem?> GetAsync(StoreTable table, string key, CancellationToken cancellationToken)
    {
        ItemLimits.EnsureKey(key);
        return CallAsync(table, async () =>
        {
            var request = new GetItemRequest { TableName = table.Name, Key = KeyOf(table, key), ConsistentRead = true };
            var response = await client.GetItemAsync(request, cancellationToken);
            return Existing(table, DynamoDbStoreValues.ToItem(table, response.Item));
        }, cancellationToken);
    }

    public ValueTask<WriteResult> UpdateIfAsync(
        StoreTable table, string key, ItemUpdate update, WriteCondition condition, CancellationToken cancellationToken)
    {
        ItemLimits.EnsureKey(key);
        ItemLimits.EnsureUpdate(table, update);
        return CallAsync(table, async () =>
        {
            for (var attempt = 1; attempt <= MaxReplaceAttempts; attempt++)
            {
                var found = await TryUpdateAsync(table, key, update, condition, cancellationToken);
                if (found.Succeeded || found.Item is null || Existing(table, found.Item) is not null)
                {
                    return found;
                }

                if (!condition.Holds(null))
                {
                    return new(Succeeded: false, Item: null);
                }

                if (await TryReplaceAsync(table, found.Item, update, cancellationToken))
                {
                    return new(Succeeded: true, new StoreItem(key, update.Sets));
                }
            }

            throw new StoreException($"Expired item '{key}' of table {table.Name} was replaced by others {MaxReplaceAttempts} times.");
        }, cancellationToken);
    }

    public ValueTask<WriteResult> DeleteIfAsync(
        StoreTable table, string key, WriteCondition condition, CancellationToken cancellationToken)
    {
        ItemLimits.EnsureKey(key);
        return CallAsync(table, async () =>
        {
            var expression = new DynamoDbStoreExpression();
            var request = new DeleteItemRequest
            {
                TableName = table.Name,
                Key = KeyOf(table, key),
                ConditionExpression = Unexpired(table, expression, expression.Condition(table, condition)),
                ExpressionAttributeNames = expression.Names,
                ExpressionAttributeValues = expression.Values,
                ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
            };
            try
            {
                await client.DeleteItemAsync(request, cancellationToken);
                return new WriteResult(Succeeded: true, Item: null);
            }
            catch (ConditionalCheckFailedException refused)
            {
                // What has expired is left to DynamoDB.
                var item = Existing(table, DynamoDbStoreValues.ToItem(table, refused.Item));
                return new WriteResult(Succeeded: item is null && condition.Holds(null), item);
            }
        }, cancellationToken);
    }

    public ValueTask<ItemPage> QueryAsync(
        StoreTable table, string keyPrefix, int limit, string? continuation, CancellationToken cancellationToken)
    {
        ItemLimits.EnsurePage(limit);
        return CallAsync(table, async () =>
        {
            var expression = new DynamoDbStoreExpression();
            var request = new ScanRequest
            {
                TableName = table.Name,
                ConsistentRead = true,
                Limit = limit,
                ExclusiveStartKey = continuation is null ? null : KeyOf(table, continuation),
                FilterExpression = Unexpired(table, expression, expression.KeyPrefix(table, keyPrefix)),
                ExpressionAttributeNames = expression.Names,
                ExpressionAttributeValues = expression.Values,
            };
            var response = await client.ScanAsync(request, cancellationToken);
            StoreItem[] items = [.. (response.Items ?? []).Select(item => DynamoDbStoreValues.ToItem(table, item)!)];
            return new ItemPage(items, DynamoDbStoreValues.ToItem(table, response.LastEvaluatedKey)?.Key);
        }, cancellationToken);
    }

    /// <returns>The item as it is now, or as it was found, expired or not, when the update was refused.</returns>
    private async Task<WriteResult> TryUpdateAsync(
        StoreTable table, string key, ItemUpdate update, WriteCondition condition, CancellationToken cancellationToken)
    {
        var expression = new DynamoDbStoreExpression();
        var request = new UpdateItemRequest
        {
            TableName = table.Name,
            Key = KeyOf(table, key),
            UpdateExpression = expression.Update(update),
            ConditionExpression = Unexpired(table, expression, expression.Condition(table, condition)),
            ExpressionAttributeNames = expression.Names,
            ExpressionAttributeValues = expression.Values,
            ReturnValues = ReturnValue.ALL_NEW,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
        };
        try
        {
            var response = await client.UpdateItemAsync(request, cancellationToken);
            return new(Succeeded: true, DynamoDbStoreValues.ToItem(table, response.Attributes));
        }
        catch (ConditionalCheckFailedException refused)
        {
            return new(Succeeded: false, DynamoDbStoreValues.ToItem(table, refused.Item));
        }
    }

    /// <summary>Writes a new item over an expired one, unless somebody else did or DynamoDB has deleted it.</summary>
    private async Task<bool> TryReplaceAsync(
        StoreTable table, StoreItem expired, ItemUpdate update, CancellationToken cancellationToken)
    {
        var item = KeyOf(table, expired.Key);
        foreach (var (name, value) in update.Sets)
        {
            item[name] = DynamoDbStoreValues.ToDynamoDb(value);
        }

        var expression = new DynamoDbStoreExpression();
        var unchanged = WriteCondition.Equal(table.ExpiryAttribute!, expired.Attributes[table.ExpiryAttribute!]);
        var request = new PutItemRequest
        {
            TableName = table.Name,
            Item = item,
            ConditionExpression = expression.Condition(table, unchanged),
            ExpressionAttributeNames = expression.Names,
            ExpressionAttributeValues = expression.Values,
        };
        try
        {
            await client.PutItemAsync(request, cancellationToken);
            return true;
        }
        catch (ConditionalCheckFailedException)
        {
            return false;
        }
    }

    private StoreItem? Existing(StoreTable table, StoreItem? item) =>
        table.ExpiryAttribute is { } expiry && item?.Number(expiry) <= Now ? null : item;

    private string? Unexpired(StoreTable table, DynamoDbStoreExpression expression, string? condition) =>
        table.ExpiryAttribute is { } expiry ? DynamoDbStoreExpression.And(condition, expression.AbsentOrAbove(expiry, Now)) : condition;

    private static Dictionary<string, DynamoDbValue> KeyOf(StoreTable table, string key) =>
        new() { [table.KeyAttribute] = new() { S = key } };

    private async ValueTask<T> CallAsync<T>(StoreTable table, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                return await call();
            }
            catch (ResourceNotFoundException)
            {
                await DynamoDbStoreTables.EnsureAsync(client, table, time, cancellationToken);
                return await call();
            }
        }
        catch (AmazonDynamoDBException refused) when (refused.ErrorCode == "ValidationException")
        {
            await DynamoDbStoreTables.EnsureAsync(client, table, time, cancellationToken); // Says so if it is not our table.
            throw new ArgumentException($"DynamoDB refuses to store it in table {table.Name}: {refused.Message}", refused);
        }
        catch (Exception failed) when (IsOutage(failed, cancellationToken))
        {
            throw new StoreException($"Table {table.Name} of DynamoDB failed: {failed.Message}", failed);
        }
    }

    /// <summary>A time-out of the client's own comes as a cancellation that nobody asked for.</summary>
    private static bool IsOutage(Exception exception, CancellationToken cancellationToken) =>
        exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
