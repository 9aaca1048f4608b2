using System.Globalization;
using System.Net;
using DataProcessor.Aws.Local.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>The socket: HTTP/1.1 and h2c on one port. An empty host, so that no settings of the process reach it.</summary>
internal sealed class KestrelEndpoint(Dispatcher dispatcher, StatusPage status) : IAsyncDisposable
{
    /// <summary>10 MiB of data as base64 is 13.98 MB; the rest is room for keys.</summary>
    public const int MaxBodyBytes = 16 * 1024 * 1024;

    /// <summary>Bodies held at once; what comes beyond them is told to come again.</summary>
    private const long MaxBodiesInFlight = 256L * 1024 * 1024;

    /// <summary>Over HTTP/1.1 a subscription holds a connection: one for each shard of <see cref="LocalKinesisOptions.ShardLimit"/>'s default, and some.</summary>
    private const int MaxConnections = 11_000;

    private WebApplication? _application;
    private long _inFlight;

    public Uri Address { get; private set; } = new("http://localhost/");

    public async Task StartAsync(IPAddress address, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowAlternateSchemes = true; // An h2c request says http on a connection that looks like TLS.
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MinResponseDataRate = null; // A subscriber may stop reading; its lifetime ends it.
            kestrel.Limits.Http2.InitialStreamWindowSize = 1024 * 1024;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 8 * 1024 * 1024;
            kestrel.Listen(address, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                ((IConnectionBuilder)listen).Use(next => PriorKnowledgeHttp2.Wrap(next, time));
            });
        });
        _application = builder.Build();
        _application.Run(context => HandleAsync(context, time));
        await _application.StartAsync(cancellationToken);
        var bound = new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

        // 0.0.0.0 is no address to call.
        Address = IPAddress.Any.Equals(address) || IPAddress.IPv6Any.Equals(address)
            ? new UriBuilder(bound) { Host = "localhost" }.Uri
            : bound;
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is { } application)
        {
            // A client that keeps its connection busy must not hold up the end.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await application.StopAsync(patience.Token);
            await application.DisposeAsync();
        }
    }

    private async Task HandleAsync(HttpContext context, TimeProvider time)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(status.Render(), context.RequestAborted);
            return;
        }

        try
        {
            using var answer = await CallAsync(context);
            await RespondAsync(context, answer, time);
        }
        catch (Exception e) when (e is ConnectionResetException or OperationCanceledException)
        {
            context.Abort();
        }
        catch (Exception e) when (e is Microsoft.AspNetCore.Http.BadHttpRequestException or InvalidDataException)
        {
            context.Response.StatusCode = StatusCodes.Status413RequestEntityTooLarge;
        }
    }

    /// <summary>Null: too much at once.</summary>
    private async Task<WireResponse?> CallAsync(HttpContext context)
    {
        var request = context.Request;
        var size = request.ContentLength ?? MaxBodyBytes;
        try
        {
            if (Interlocked.Add(ref _inFlight, size) > MaxBodiesInFlight)
            {
                return null;
            }

            using var body = new PooledBufferWriter();
            await body.ReadToEndAsync(request.Body, request.ContentLength, MaxBodyBytes, context.RequestAborted);
            var call = new WireRequest(
                request.Headers["X-Amz-Target"], request.ContentType, request.Headers.ContainsKey("Authorization"), body.Written);

            // Not the request's token: a put that has begun is finished, its caller gone or not.
            return await dispatcher.HandleAsync(call, CancellationToken.None);
        }
        finally
        {
            Interlocked.Add(ref _inFlight, -size);
        }
    }

    private static async Task RespondAsync(HttpContext context, WireResponse? answer, TimeProvider time)
    {
        var response = context.Response;
        if (answer is null)
        {
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        response.StatusCode = answer.StatusCode;
        response.ContentType = answer.ContentType;
        response.Headers["x-amzn-RequestId"] = answer.RequestId;
        response.Headers.Date = answer.Date.ToString("r", CultureInfo.InvariantCulture);
        if (answer.Events is not { } events)
        {
            response.ContentLength = answer.Body.Length;
            await response.Body.WriteAsync(answer.Body, context.RequestAborted);
            return;
        }

        using (events)
        {
            // The write waits for a slow subscriber, and so nothing more is read for it; not for longer than it may live.
            using var patience = new CancellationTokenSource(Subscription.Lifetime + Subscription.Heartbeat, time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
            while (await events.NextAsync(stop.Token) is { Length: > 0 } message)
            {
                await response.Body.WriteAsync(message, stop.Token);
            }
        }
    }
}
