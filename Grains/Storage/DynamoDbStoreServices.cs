using Amazon.DynamoDBv2;
using Microsoft.Extensions.DependencyInjection;

namespace DataProcessor.Grains.Storage;

/// <summary>Registers the store of a cluster.</summary>
internal static class DynamoDbStoreServices
{
    /// <summary>The tables have to be there: see <see cref="DynamoDbStoreTables"/>. The client is another registration's.</summary>
    public static IServiceCollection AddDynamoDbStore(this IServiceCollection services) =>
        services.AddSingleton<IConditionalStore>(provider => new DynamoDbStore(
            provider.GetRequiredService<IAmazonDynamoDB>(), provider.GetRequiredService<TimeProvider>()));
}
