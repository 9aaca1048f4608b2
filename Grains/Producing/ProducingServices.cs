using System.Security.Cryptography;
using DataProcessor.Aws.Kinesis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataProcessor.Grains.Producing;

/// <summary>Registers the producers of a silo.</summary>
public static class ProducingServices
{
    /// <summary>
    /// Adds producers and senders; needs a <see cref="KinesisClient"/>. <see cref="ProducerOptions"/> are the host's to
    /// configure; they are validated when it starts.
    /// </summary>
    public static IServiceCollection AddProducing(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);

        // One per consumer: Random is not safe for several threads.
        services.TryAddTransient(_ => new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));

        services.AddOptions<ProducerOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<ProducerOptions>, ProducerOptionsValidator>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ProducerOptions>>().Value);
        services.AddSingleton<ProducerInstruments>();
        services.AddSingleton(provider => new Senders(
            provider.GetRequiredService<KinesisClient>().PutRecordsAsync,
            provider.GetRequiredService<KinesisClient>().PutRecordAsync,
            provider.GetRequiredService<ProducerOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            TaskScheduler.Default,
            provider.GetRequiredService<ProducerInstruments>(),
            provider.GetRequiredService<ILogger<Sender>>()));
        return services;
    }
}
