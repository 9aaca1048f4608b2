using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DataProcessor;

/// <summary>Registration of user code.</summary>
public static class RecordProcessorServices
{
    /// <summary>Hands the records to <typeparamref name="TProcessor"/>, one instance per shard, in place of the default one that logs them.</summary>
    public static IServiceCollection AddRecordProcessor<TProcessor>(this IServiceCollection services)
        where TProcessor : class, IRecordProcessor =>
        services.Replace(ServiceDescriptor.Transient<IRecordProcessor, TProcessor>());
}
