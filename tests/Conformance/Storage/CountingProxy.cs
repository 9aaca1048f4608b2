using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Conformance.Storage;

/// <summary>Stands before DynamoDB and notes the calls that come over the wire, repeated ones too.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly HttpClient _service;
    private readonly WebApplication _app;

    private CountingProxy(Uri service)
    {
        _service = new() { BaseAddress = service };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ForwardAsync);
    }

    public Uri Endpoint => new(_app.Urls.Single());

    /// <summary>Operation, table and body, in the order of arrival.</summary>
    public ConcurrentQueue<(string Operation, JsonNode Body)> Calls { get; } = new();

    public static async Task<CountingProxy> StartAsync(Uri service, CancellationToken cancellationToken)
    {
        var proxy = new CountingProxy(service);
        await proxy._app.StartAsync(cancellationToken);
        return proxy;
    }

    /// <summary>Keys of the items that were written, once per write.</summary>
    public string[] Written() =>
        [.. Calls.Where(call => call.Operation is "UpdateItem" or "PutItem" or "DeleteItem").Select(call => (string)call.Body["Key"]!["leaseKey"]!["S"]!)];

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _service.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var target = context.Request.Headers["X-Amz-Target"].ToString();
        Calls.Enqueue((target.Split('.')[^1], JsonNode.Parse(body.ToArray())!));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body.ToArray()) };
        foreach (var (name, value) in context.Request.Headers.Where(header => !header.Key.StartsWith(':') && header.Key != "Host"))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value.ToArray()))
            {
                request.Content.Headers.TryAddWithoutValidation(name, value.ToArray());
            }
        }

        using var response = await _service.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => header.Key != "Transfer-Encoding"))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
