using Microsoft.Extensions.DependencyInjection;

namespace DataProcessor.Grains.Storage;

/// <summary>Registers the store.</summary>
internal static class StorageServices
{
    /// <summary>The store of local mode. The file is opened when the store is first asked for, and made if it is not there.</summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, string path) =>
        services.AddSingleton<IConditionalStore>(
            provider => SqliteStore.Open(path, provider.GetRequiredService<TimeProvider>()));
}
