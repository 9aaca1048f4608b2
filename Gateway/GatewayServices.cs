using DataProcessor.Gateway.Authentication;
using DataProcessor.Gateway.Health;
using DataProcessor.Gateway.KinesisApi;
using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using DataProcessor.Gateway.Stopping;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway;

/// <summary>Registers the gateway.</summary>
public static class GatewayServices
{
    /// <summary>
    /// Adds what <see cref="GatewayEndpoints.MapGateway"/> needs, on top of an Orleans client or silo of the same
    /// process (its <see cref="IGrainFactory"/>).
    /// </summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, Action<GatewayOptions>? configure = null)
    {
        var options = services.AddOptions<GatewayOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.AddSingleton<GatewayMetrics>();

        services.AddSingleton<ApiKeys>();
        services.AddSingleton<SignatureCheck>();
        services.AddHostedService<AuthenticationWarning>();

        // 1 read
        services.AddSingleton(provider =>
            new ByteBudget(provider.GetRequiredService<IOptions<GatewayOptions>>().Value.InFlightBytes));

        // 2 route
        services.AddSingleton<ShardMapCache>();

        // 3 put
        services.AddSingleton<PutDispatcher>();

        services.AddSingleton<GatewayRequests>();
        services.AddSingleton<KinesisRequests>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<GatewayDrain>();
        services.AddHostedService(provider => provider.GetRequiredService<GatewayDrain>());
        return services;
    }
}
