using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text.Json;
using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Authentication;
using DataProcessor.Gateway.OpenApi;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace DataProcessor.Unit.Gateway;

/// <summary>The description of the HTTP interface against what requests are answered.</summary>
public sealed class OpenApiTests : IDisposable
{
    private readonly JsonDocument _document = JsonDocument.Parse(OpenApiDocument.Open());

    private JsonElement Root => _document.RootElement;

    private JsonShape Shape => new(Root);

    public void Dispose() => _document.Dispose();

    [Fact]
    public async Task Each_described_status_is_answered_as_it_is_described()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1, kestrel: LimitSlowBodies);
        var producer = gateway.Cluster.Producer("shardId-000000000000");
        var seen = new HashSet<string>();
        foreach (var path in new[] { "/", $"/streams/{MemoryCluster.StreamName}/records" })
        {
            var described = path == "/" ? path : "/streams/{stream}/records";
            await CheckAsync("post", described, 200, Post(path, """{"data":"x"}"""));
            await CheckAsync("post", described, 200, Post(path, """[{"data":"x"}]"""));
            await CheckAsync("post", described, 200, Post(path, """[{"data":"x"}]""", ("Prefer", "return=minimal")));
            await CheckAsync("post", described, 200, Post(path, "{\"data\":\"x\"}\n{}", type: "application/x-ndjson"));
            await CheckAsync("post", described, 200, Post(path, "x", type: "application/octet-stream"));
            await CheckAsync("post", described, 207, Post(path, """[{"data":"x"},{}]"""));
            await CheckAsync("post", described, 207, Post(path, """[{"data":"x"},{}]""", ("Prefer", "return=minimal")));
            await CheckAsync("post", described, 400, Post(path, "[{},{}]"));
            await CheckAsync("post", described, 413, Post(path, $"{{\"data\":\"{new string('x', 2_000_000)}\"}}"));
            await CheckAsync("post", described, 415, Post(path, "x", type: "text/plain"));
            await CheckAsync("post", described, 415, Post(path, "{}", ("Content-Encoding", "zstd")), "Accept-Encoding");
            await CheckAsync("post", described, 200, Post(path, """{"data":"x"}""", ("Idempotency-Key", path)));
            if (path == "/")
            {
                await CheckAsync("post", described, 422, Post(path, """{"data":"y"}""", ("Idempotency-Key", path)));
                await CheckAsync("post", described, 404, Post("/streams/none/records", """{"data":"x"}"""));
                using var slow = await PostNothingAsync(gateway);
                await CheckAnswerAsync("post", described, 408, slow);
            }

            producer.ThenPut(Settled(new(0, 1, PutOutcome.Rejected, null, default, 0, 1, "AccessDeniedException", "no")));
            await CheckAsync("post", described, 502, Post(path, """{"data":"x"}"""));
            producer.ThenPut(Settled(new(0, 1, PutOutcome.NotWritten, null, default, 0, 1, null, null)));
            await CheckAsync("post", described, 503, Post(path, """{"data":"x"}"""), "Retry-After");
            var held = new TaskCompletionSource<PutResponse>();
            producer.PutScript.Enqueue(_ => held.Task);
            await CheckAsync("post", described, 202, Post(path, """[{"data":"x"},{}]""", ("Prefer", "respond-async")));
            held.SetResult(Settled(new(0, 1, PutOutcome.Stored, "s", new("1"), 0, 1, null, null)));
        }

        // Last, since for a while the shard is avoided.
        producer.ThenPut(PutResponse.Busy(TimeSpan.FromSeconds(1)));
        await CheckAsync("post", "/", 429, Post("/", """{"data":"x"}"""), "Retry-After");

        var key = ApiKey.Create();
        await using var locked = await LoopbackGateway.StartAsync(
            configure: options => options.Authentication.ApiKeys.Add(new() { Hash = ApiKey.HashOf(key), Streams = { "other" } }));
        await CheckAnswerAsync("post", "/", 401, await locked.Client.SendAsync(Post("/", "{}"), TestContext.Current.CancellationToken), "WWW-Authenticate");
        await CheckAnswerAsync("post", "/", 403, await locked.Client.SendAsync(Post("/", "{}", ("X-Api-Key", key)), TestContext.Current.CancellationToken));

        await CheckAsync("get", "/healthcheck", 200, Get("/healthcheck"));
        await CheckAsync("get", "/ready", 200, Get("/ready"));
        gateway.Cluster.MapFailures.Enqueue(new TimeoutException());
        await CheckAsync("get", "/ready", 503, Get("/ready"), "Retry-After");
        await CheckAsync("get", "/openapi.json", 200, Get("/openapi.json"));

        // The two ways to put share one path through the code; what is slow or changes the gateway is shown once.
        string[] shownOnce = ["401", "403", "404", "408", "422", "429"];
        Assert.Equal(Described().Except(shownOnce.Select(status => $"post /streams/{{stream}}/records {status}")).Order(), seen.Order());

        async Task CheckAsync(string method, string path, int status, HttpRequestMessage request, string? header = null)
        {
            using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
            await CheckAnswerAsync(method, path, status, response, header);
        }

        async Task CheckAnswerAsync(string method, string path, int status, HttpResponseMessage response, string? header = null)
        {
            Assert.Equal(status, (int)response.StatusCode);
            var answer = Shape.Resolve(Root.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty($"{status}"));
            var type = response.Content.Headers.ContentType!.MediaType!;
            var schema = answer.GetProperty("content").GetProperty(type).GetProperty("schema");
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var isLines = type == "application/x-ndjson";
            foreach (var value in isLines ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [text])
            {
                using var json = JsonDocument.Parse(value);
                var expected = isLines ? Root.GetProperty("components").GetProperty("schemas").GetProperty("Result") : schema;
                Assert.Null(Shape.FindMisfit(json.RootElement, expected));
            }

            if (header is not null)
            {
                Assert.True(response.Headers.Contains(header));
                Assert.True(answer.GetProperty("headers").TryGetProperty(header, out _));
            }

            seen.Add($"{method} {path} {status}");
        }
    }

    [Fact]
    public void Each_code_is_described()
    {
        var kinds = typeof(ProblemKind).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => ((ProblemKind)field.GetValue(null)!).Code);
        var described = Root.GetProperty("components").GetProperty("schemas").GetProperty("Code").GetProperty("enum")
            .EnumerateArray().Select(code => code.GetString()!);
        Assert.Equal(kinds.Order(), described.Order());
    }

    [Theory]
    [InlineData("""{"shardId":"s","sequenceNumber":"1","subSequenceNumber":0}""", "attempts")]
    [InlineData("""{"shardId":"s","sequenceNumber":1,"subSequenceNumber":0,"attempts":1}""", "no string")]
    [InlineData("""{"shardId":"s","sequenceNumber":"1","subSequenceNumber":0,"attempts":1,"more":1}""", "not described")]
    public void An_answer_that_is_not_as_described_would_be_found(string answer, string misfit)
    {
        using var json = JsonDocument.Parse(answer);
        var schema = Root.GetProperty("components").GetProperty("schemas").GetProperty("Place");
        Assert.Contains(misfit, Shape.FindMisfit(json.RootElement, schema), StringComparison.Ordinal);
    }

    private IEnumerable<string> Described() =>
        from path in Root.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        from response in operation.Value.GetProperty("responses").EnumerateObject()
        select $"{operation.Name} {path.Name} {response.Name}";

    private static PutResponse Settled(PutRun run) => PutResponse.Settled([run]);

    private static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);

    private static HttpRequestMessage Post(
        string path, string body, (string Name, string Value)? header = null, string type = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, new MediaTypeHeaderValue(type)) };
        if (header is var (name, value) && !request.Headers.TryAddWithoutValidation(name, value))
        {
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>A body that is announced and does not come; HttpClient would wait for ever to send it.</summary>
    private static async Task<HttpResponseMessage> PostNothingAsync(LoopbackGateway gateway)
    {
        using var connection = await gateway.ConnectAsync();
        await connection.SendHeadAsync("Content-Type: application/json\r\nContent-Length: 100");
        var answer = (await connection.ReadToEndAsync()).Split("\r\n\r\n");
        return new((HttpStatusCode)int.Parse(answer[0].Split(' ')[1], CultureInfo.InvariantCulture))
        {
            Content = new StringContent(answer[1], new MediaTypeHeaderValue("application/problem+json")),
        };
    }

    /// <summary>The server looks once a second.</summary>
    private static void LimitSlowBodies(KestrelServerOptions kestrel) =>
        kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(1.1));
}
