using DataProcessor.Grains.Producing;
using DataProcessor.Grains.Reading;
using Microsoft.Extensions.DependencyInjection;

namespace DataProcessor.Grains;

/// <summary>Registers what the grains of a silo need.</summary>
public static class GrainsServices
{
    /// <summary>
    /// Adds producers and readers. Needs a <see cref="Aws.Kinesis.KinesisClient"/> and one of
    /// <see cref="Storage.StorageServices"/>; takes the <see cref="IRecordProcessor"/> that is registered, else one that logs.
    /// </summary>
    public static IServiceCollection AddGrains(this IServiceCollection services)
    {
        services.AddProducing();
        services.AddReading();
        return services;
    }
}
