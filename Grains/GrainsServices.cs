using DataProcessor.Grains.Producing;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace DataProcessor.Grains;

/// <summary>Registers what the grains of a silo need.</summary>
public static class GrainsServices
{
    /// <summary>
    /// Adds producers, readers and their storage. Needs a <see cref="Aws.Kinesis.KinesisClient"/>; takes the
    /// <see cref="IRecordProcessor"/> that is registered, else one that logs.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="stateFile">SQLite file of leases and checkpoints; made when it is not there.</param>
    public static IServiceCollection AddGrains(this IServiceCollection services, string stateFile)
    {
        services.AddSqliteStore(stateFile);
        services.AddProducing();
        services.AddReading();
        return services;
    }
}
