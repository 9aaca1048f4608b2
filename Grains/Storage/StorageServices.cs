using Amazon.DynamoDBv2;
using Microsoft.Extensions.DependencyInjection;

namespace DataProcessor.Grains.Storage;

/// <summary>Registers the store; a host chooses one.</summary>
public static class StorageServices
{
    /// <summary>The store of local mode. The file is opened when the store is first asked for, and made if it is not there.</summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, string path) =>
        services.AddSingleton<IConditionalStore>(
            provider => SqliteStore.Open(path, provider.GetRequiredService<TimeProvider>()));

    /// <summary>The store of a cluster. The <see cref="IAmazonDynamoDB"/> is the host's; tables are made when they are first used.</summary>
    public static IServiceCollection AddDynamoDbStore(this IServiceCollection services) =>
        services.AddSingleton<IConditionalStore>(provider => new DynamoDbStore(
            provider.GetRequiredService<IAmazonDynamoDB>(), provider.GetRequiredService<TimeProvider>()));
}
