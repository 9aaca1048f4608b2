using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Processing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DataProcessor.Grains.Reading;

/// <summary>Registers reading. KinesisClient, TimeProvider and the store are the host's, and so is binding <see cref="ReaderOptions"/>.</summary>
internal static class ReadingServices
{
    public static IServiceCollection AddReading(this IServiceCollection services)
    {
        services.AddOptions<ReaderOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReaderOptions>, ReaderOptionsValidator>();
        services.AddMetrics();
        services.TryAddSingleton<ReaderInstruments>();
        services.TryAddSingleton<StreamConsumers>();
        services.TryAddSingleton<PageRoom>();
        services.TryAddSingleton<LeaseTables>();
        services.TryAddSingleton<ShardReaderFactory>();
        services.TryAddScoped<IRecordProcessor, LoggingProcessor>(); // A scope per shard; the user's own comes first.
        return services;
    }
}
