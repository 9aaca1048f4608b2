using Amazon;
using Amazon.DynamoDBv2;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Producing;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
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

    public static void AddStore(this IServiceCollection services, DataProcessorOptions options)
    {
        if (options.Storage == StorageKind.Sqlite)
        {
            services.AddSqliteStore(options.StateFile);
            return;
        }

        services.AddSingleton<IAmazonDynamoDB>(_ => DynamoDbClient(options));
        services.AddDynamoDbStore();
    }

    private static AmazonDynamoDBClient DynamoDbClient(DataProcessorOptions options)
    {
        // Repeats a call twice. A checkpoint that is not written in time is written at the next interval.
        var config = new AmazonDynamoDBConfig { Timeout = TimeSpan.FromSeconds(3), MaxErrorRetry = 2 };
        if (options.DynamodbEndpoint is { } endpoint)
        {
            (config.ServiceURL, config.AuthenticationRegion) = (endpoint.ToString(), options.Region);
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        return new AmazonDynamoDBClient(KinesisCredentials.For(new() { Region = options.Region, Endpoint = options.DynamodbEndpoint }), config);
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
