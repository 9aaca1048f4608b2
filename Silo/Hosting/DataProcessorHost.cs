using System.Net;
using System.Net.Sockets;
using DataProcessor.Aws.Local.Wire;
using DataProcessor.Gateway;
using DataProcessor.Grains;
using DataProcessor.Silo.Admin;
using DataProcessor.Silo.Listeners;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Orleans.Dashboard;

namespace DataProcessor.Silo.Hosting;

/// <summary>Makes the process: a table of contents of what runs in it.</summary>
public static class DataProcessorHost
{
    /// <summary>Runs the process until it is told to stop. What a person can put right is one line on standard error, and exit code 1.</summary>
    /// <remarks>With the one argument <c>make-key</c> it prints new keys for the gateway, and ends.</remarks>
    /// <inheritdoc cref="Create"/>
    public static async Task<int> RunAsync(string[] args, Action<IServiceCollection>? configureServices = null)
    {
        if (args is [MakeKeyCommand.Name])
        {
            await MakeKeyCommand.RunAsync(Console.Out);
            return 0;
        }

        try
        {
            await Create(args, configureServices).RunAsync();
            return 0;
        }
        catch (Exception e) when (e is OptionsValidationException or IOException or InvalidDataException or SocketException)
        {
            // A wrong setting, a port or a data folder in use, a damaged file: the messages say which.
            await Console.Error.WriteLineAsync($"Cannot start: {e.Message}");
            return 1;
        }
    }

    /// <param name="args">Command line, see <see cref="DataProcessorOptions"/>.</param>
    /// <param name="configureServices">
    /// Registers user code, e.g. <c>services => services.AddRecordProcessor&lt;MyProcessor&gt;()</c>.
    /// </param>
    /// <exception cref="OptionsValidationException">A setting is wrong; names all that are.</exception>
    public static IHost Create(string[] args, Action<IServiceCollection>? configureServices = null)
    {
        args = DataProcessorConfiguration.Complete(args);
        var options = DataProcessorConfiguration.Read(args, Environment.GetEnvironmentVariables());
        return options.Role switch
        {
            Role.Kinesis => CreateKinesis(args, options),
            _ => CreateAll(args, options, configureServices),
        };
    }

    private static IHost CreateKinesis(string[] args, DataProcessorOptions options)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.AddQuietLogging();
        builder.Services.AddDataProcessorOptions(options);
        builder.Services.AddEmbeddedKinesis();
        builder.Services.AddHostedService<StartMessage>();
        return builder.Build();
    }

    private static WebApplication CreateAll(
        string[] args, DataProcessorOptions options, Action<IServiceCollection>? configureServices)
    {
        options.SiloPort = FreePort.Resolve(options.SiloPort, "--silo-port");
        options.OrleansGatewayPort = FreePort.Resolve(options.OrleansGatewayPort, "--orleans-gateway-port");
        Directory.CreateDirectory(options.DataFolder);
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.AddQuietLogging();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options));
        builder.Services.AddSingleton<MatcherPolicy, ListenerMatcherPolicy>();
        builder.Services.AddDataProcessorOptions(options);
        if (options.RunsKinesis)
        {
            // Before Orleans: hosted services start in this order and stop in the reverse.
            builder.Services.AddEmbeddedKinesis();
        }

        if (options.FirstSilo is not null)
        {
            builder.Services.AddHostedService<JoiningCheck>();
        }

        builder.Services.AddKinesisClient();
        builder.Services.AddStore(options);
        builder.Services.AddGrains();
        builder.Services.AddGateway(gateway => gateway.DefaultStream = options.StreamName);
        builder.Services.AddSections();
        builder.Services.AddProblemDetails();
        builder.UseOrleans(silo => silo.ConfigureLocalSilo(options));
        builder.Services.AddHostedService<ApplicationNudger>();
        builder.Services.AddHostedService<SiloDeparture>();
        builder.Services.AddHostedService<StartMessage>();
        configureServices?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseGatewayDrain();
        app.MapGroup("").WithMetadata(Listener.Gateway).MapGateway();
        var admin = app.MapGroup("").WithMetadata(Listener.Admin);
        admin.MapAdmin();
        admin.MapOrleansDashboard("/dashboard");
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, DataProcessorOptions options)
    {
        // A request over h2c says http on a connection that looks like TLS.
        kestrel.AllowAlternateSchemes = true;
        var time = kestrel.ApplicationServices.GetRequiredService<TimeProvider>();

        // In this order: StartMessage reads the addresses by it.
        kestrel.Listen(IPAddress.Loopback, options.GatewayPort, listen =>
        {
            listen.Tag(Listener.Gateway);
            ((IConnectionBuilder)listen).Use(next => PriorKnowledgeHttp2.Wrap(next, time));
        });
        kestrel.Listen(IPAddress.Loopback, options.AdminPort, listen => listen.Tag(Listener.Admin));
    }

    private static void Tag(this ListenOptions listen, Listener listener) => listen.Use(next => connection =>
    {
        connection.Features.Set(listener);
        return next(connection);
    });
}
