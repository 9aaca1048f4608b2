using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DataProcessor.Gateway;
using DataProcessor.Gateway.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DataProcessor.Unit.Gateway;

internal sealed record HttpAnswer(int Status, string? Type, string Text, HttpResponseHeaders Headers)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>Of NDJSON.</summary>
    public JsonElement[] Lines =>
        [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    public string? Code => Json.TryGetProperty("code", out var code) ? code.GetString() : null;
}

/// <summary>The gateway behind Kestrel on a free loopback port, in front of a cluster in memory.</summary>
internal sealed class LoopbackGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackGateway(WebApplication app, MemoryCluster cluster)
    {
        _app = app;
        Cluster = cluster;
        Client = new() { BaseAddress = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }

    public MemoryCluster Cluster { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public ByteBudget InFlight => _app.Services.GetRequiredService<ByteBudget>();

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    /// <summary>A connection on which the test itself speaks HTTP.</summary>
    public async Task<RawConnection> ConnectAsync()
    {
        var connection = new TcpClient { ReceiveBufferSize = 64 * 1024 };
        await connection.ConnectAsync("127.0.0.1", Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        return new(connection);
    }

    public static async Task<LoopbackGateway> StartAsync(
        int shards = 2, Action<GatewayOptions>? configure = null, Action<KestrelServerOptions>? kestrel = null)
    {
        var cluster = new MemoryCluster(shards);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel ?? (_ => { }));
        builder.Services.AddSingleton(cluster.Grains);
        builder.Services.AddGateway(configure);
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, cluster);
    }

    public Task<HttpAnswer> PostAsync(string body, string? type = "application/json", string path = "/", bool chunked = false) =>
        PostAsync(Encoding.UTF8.GetBytes(body), type, path, chunked);

    public async Task<HttpAnswer> PostAsync(byte[] body, string? type, string path, bool chunked)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        return await SendAsync(request);
    }

    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var type = response.Content.Headers.ContentType?.MediaType;
        Assert.Equal(!response.IsSuccessStatusCode, type == "application/problem+json");
        return new((int)response.StatusCode, type, text, response.Headers);
    }

    /// <summary>The answer may arrive a moment before the request's last step.</summary>
    public Task WhenNothingInFlightAsync() => WhenAsync(() => InFlight.InUse == 0);

    public Task WhenInFlightAsync(long bytes) => WhenAsync(() => InFlight.InUse >= bytes);

    public Task WhenStoredAsync(int records) => WhenAsync(() => Cluster.StoredCount >= records);

    public static async Task WhenAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
