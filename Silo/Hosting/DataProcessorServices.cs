using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Producing;
using DataProcessor.Grains.Reading;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Dashboard;
using GatewayOptions = DataProcessor.Gateway.GatewayOptions;

namespace DataProcessor.Silo.Hosting;

/// <summary>Registers the parts of the process.</summary>
internal static class DataProcessorServices
{
    public static void AddDataProcessorOptions(this IServiceCollection services, DataProcessorOptions options)
    {
        services.AddSingleton(Options.Create(options));
        services.AddSingleton(TimeProvider.System);
    }

    /// <summary>The parts' own options, each from its section; a name that there is not stops the start.</summary>
    public static void AddSections(this IServiceCollection services)
    {
        AddSection<GatewayOptions>(services, "Gateway");
        AddSection<ProducerOptions>(services, "Producer");
        AddSection<ReaderOptions>(services, "Reader");
    }

    public static void AddEmbeddedKinesis(this IServiceCollection services)
    {
        services.AddSingleton<EmbeddedKinesis>();
        services.AddHostedService(provider => provider.GetRequiredService<EmbeddedKinesis>());
    }

    private static void AddSection<T>(IServiceCollection services, string name)
        where T : class =>
        services.AddOptions<T>().Configure<IConfiguration>(
            (options, configuration) => DataProcessorConfiguration.Bind(configuration.GetSection(name), options));

    public static void AddKinesisClient(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<DataProcessorOptions>>().Value;
            var client = new KinesisClientOptions
            {
                Region = options.Region,
                Endpoint = options.KinesisEndpoint ?? provider.GetRequiredService<EmbeddedKinesis>().Endpoint,
            };
            return new KinesisClient(
                client,
                KinesisCredentials.For(client),
                KinesisTransport.CreateHandler(),
                provider.GetRequiredService<TimeProvider>(),
                new Random(Environment.TickCount),
                provider.GetRequiredService<ILogger<KinesisClient>>());
        });
    }

    /// <summary>One process, or a few on this machine: the first is the primary. docs/decisions.md says why each setting.</summary>
    public static void ConfigureLocalSilo(this ISiloBuilder silo, DataProcessorOptions options)
    {
        silo.UseLocalhostClustering(
            options.SiloPort,
            options.OrleansGatewayPort,
            options.FirstSilo,
            serviceId: "data-processor",
            clusterId: "local");
        silo.AddDistributedGrainDirectory();
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.FromSeconds(5));
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(2);
            membership.NumMissedProbesLimit = 3;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        });
        silo.AddDashboard(dashboard => dashboard.HideTrace = true);
    }
}
