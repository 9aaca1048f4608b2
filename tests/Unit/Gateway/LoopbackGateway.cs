using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DataProcessor.Gateway;
using DataProcessor.Gateway.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DataProcessor.Unit.Gateway;

internal sealed record HttpAnswer(int Status, JsonElement Json, HttpResponseHeaders Headers)
{
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

    public ByteBudget InFlight => _app.Services.GetRequiredService<ByteBudget>();

    public static async Task<LoopbackGateway> StartAsync(int shards = 2, Action<GatewayOptions>? configure = null)
    {
        var cluster = new MemoryCluster(shards);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
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
        Assert.True(
            response.StatusCode is HttpStatusCode.OK or HttpStatusCode.MultiStatus
                == (response.Content.Headers.ContentType?.MediaType == "application/json"));
        return new((int)response.StatusCode, JsonDocument.Parse(text).RootElement, response.Headers);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
