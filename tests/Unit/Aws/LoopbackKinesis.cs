using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

/// <summary>A request as it arrived.</summary>
internal sealed record Arrival(string Protocol, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Target => Headers["x-amz-target"];

    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A real HTTP server on a free port that gives the scripted answers in turn, the last one for ever.</summary>
internal sealed class LoopbackKinesis : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly RequestDelegate[] _script;
    private int _answered;

    private LoopbackKinesis(WebApplication server, RequestDelegate[] script)
    {
        _server = server;
        _script = script;
    }

    public ConcurrentQueue<Arrival> Arrivals { get; } = new();

    public Uri Endpoint => new(_server.Urls.Single() + "/");

    public static Task<LoopbackKinesis> StartAsync(params RequestDelegate[] script) => StartAsync(static _ => { }, script);

    /// <summary>With TLS, where client and server agree on one of the protocols.</summary>
    public static Task<LoopbackKinesis> StartTlsAsync(HttpProtocols protocols, params RequestDelegate[] script) => StartAsync(
        listener =>
        {
            listener.Protocols = protocols;
            listener.UseHttps(SelfSigned());
        },
        script);

    /// <summary>The transport outside tests, which also takes a certificate that nobody has signed.</summary>
    public static SocketsHttpHandler CreateTrustingHandler()
    {
        var handler = KinesisTransport.CreateHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=loopback";
        return handler;
    }

    private static async Task<LoopbackKinesis> StartAsync(Action<ListenOptions> listen, RequestDelegate[] script)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen));
        var server = new LoopbackKinesis(builder.Build(), script);
        server._server.Run(server.AnswerAsync);
        await server._server.StartAsync();
        return server;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=loopback", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>A client that does not back off.</summary>
    public KinesisClient CreateClient(TimeProvider? time = null, int maxAttempts = 4, AWSCredentials? credentials = null) =>
        CreateClient(Endpoint, time, maxAttempts, credentials);

    public static KinesisClient CreateClient(
        Uri endpoint,
        TimeProvider? time = null,
        int maxAttempts = 4,
        AWSCredentials? credentials = null,
        HttpMessageHandler? handler = null,
        TimeSpan? backOff = null) => new(
            new KinesisClientOptions
            {
                Endpoint = endpoint,
                MaxAttempts = maxAttempts,
                BackOff = backOff ?? TimeSpan.Zero,
            },
            credentials ?? new BasicAWSCredentials("local", "local"),
            handler ?? KinesisTransport.CreateHandler(),
            time ?? TimeProvider.System,
            new Random(1),
            NullLogger<KinesisClient>.Instance);

    public static RequestDelegate Json(int status, string body) =>
        Bytes(status, "application/x-amz-json-1.1", Encoding.UTF8.GetBytes(body));

    public static RequestDelegate Cbor(int status, Action<Foreign.CborWriter> write)
    {
        var writer = new Foreign.CborWriter(Foreign.CborConformanceMode.Lax);
        write(writer);
        return Bytes(status, "application/x-amz-cbor-1.1", writer.Encode());
    }

    public static RequestDelegate Bytes(int status, string contentType, byte[] body) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers["x-amzn-RequestId"] = "request-7";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    };

    /// <summary>Takes the whole request and closes the connection without a word.</summary>
    public static Task Reset(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Arrivals.Enqueue(new Arrival(
            context.Request.Protocol,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray()));
        var turn = Interlocked.Increment(ref _answered) - 1;
        await _script[Math.Min(turn, _script.Length - 1)](context);
    }
}
