using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway.Authentication;

/// <summary>Warns at the start when puts need no key although other machines reach the gateway.</summary>
internal sealed partial class AuthenticationWarning(
    IServer server,
    IHostApplicationLifetime process,
    IOptions<GatewayOptions> options,
    ILogger<AuthenticationWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Authentication.IsOn)
        {
            // Earlier the addresses are not known.
            process.ApplicationStarted.Register(WarnIfExposed);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void WarnIfExposed()
    {
        foreach (var address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            if (BindingAddress.Parse(address) is { IsUnixPipe: false, IsNamedPipe: false } binding && !IsLoopback(binding.Host))
            {
                LogOpen(address);
            }
        }
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    [LoggerMessage(LogLevel.Warning, "Authentication is off and {Address} is not only for this machine: whoever reaches it can write to every stream. Configure Gateway:Authentication:ApiKeys or :AccessKeys; make-key makes them.")]
    private partial void LogOpen(string address);
}
