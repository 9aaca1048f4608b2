using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataProcessor.Aws.Local;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

/// <summary>A server without a socket, and calls to it in JSON.</summary>
internal sealed class LocalKinesis(LocalKinesisServer server) : IAsyncDisposable
{
    private readonly HttpMessageInvoker _client = new(server.CreateHandler());

    public LocalKinesisServer Server => server;

    public static async Task<LocalKinesis> StartAsync(LocalKinesisOptions options, TimeProvider? time = null) => new(
        await LocalKinesisServer.StartAsync(
            options, time ?? TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken));

    /// <summary>In memory, without limits, with a stream <c>s</c>.</summary>
    public static LocalKinesisOptions Unlimited(int shards = 1) =>
        new() { Port = null, EnforceLimits = false, Streams = new Dictionary<string, int> { ["s"] = shards } };

    /// <summary>The answer; an error of the service is an <see cref="AnswerException"/>.</summary>
    public async Task<JsonObject> CallAsync(string operation, object body)
    {
        var text = await SendAsync(operation, JsonSerializer.Serialize(body));
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>The name of the error that the call ends with, and its message.</summary>
    public async Task<(string Code, string Message)> ErrorAsync(string operation, object body)
    {
        var error = await Assert.ThrowsAsync<AnswerException>(() => CallAsync(operation, body));
        return (error.Code, error.Message);
    }

    public async Task<JsonObject> PutAsync(string partitionKey, byte[] data, string stream = "s") =>
        await CallAsync("PutRecord", new { StreamName = stream, PartitionKey = partitionKey, Data = data });

    public async Task<string> IteratorAsync(string shardId, object start, string stream = "s")
    {
        var request = JsonSerializer.SerializeToNode(start)!.AsObject();
        request["StreamName"] = stream;
        request["ShardId"] = shardId;
        return (string)(await CallAsync("GetShardIterator", request))["ShardIterator"]!;
    }

    /// <summary>All records of a shard from the start, page by page.</summary>
    public async Task<List<JsonObject>> ReadAllAsync(string shardId, int limit = 10_000, string stream = "s")
    {
        var records = new List<JsonObject>();
        var iterator = await IteratorAsync(shardId, new { ShardIteratorType = "TRIM_HORIZON" }, stream);
        while (true)
        {
            var page = await CallAsync("GetRecords", new { ShardIterator = iterator, Limit = limit });
            records.AddRange(page["Records"]!.AsArray().Select(record => record!.AsObject()));
            if ((long)page["MillisBehindLatest"]! == 0)
            {
                return records;
            }

            iterator = (string)page["NextShardIterator"]!;
        }
    }

    /// <summary>The stream's shards, as ListShards gives them.</summary>
    public async Task<List<JsonObject>> ShardsAsync(string? filter = null, string stream = "s")
    {
        object request = filter is null ? new { StreamName = stream } : new { StreamName = stream, ShardFilter = new { Type = filter } };
        return [.. (await CallAsync("ListShards", request))["Shards"]!.AsArray().Select(shard => shard!.AsObject())];
    }

    /// <summary>ARN of a new consumer.</summary>
    public async Task<string> RegisterAsync(string name = "c", string stream = "s") =>
        (string)(await CallAsync("RegisterStreamConsumer", new { StreamARN = ArnOf(stream), ConsumerName = name }))["Consumer"]!["ConsumerARN"]!;

    public async Task<PushedEvents> SubscribeAsync(string consumerArn, object start, string shardId = "shardId-000000000000")
    {
        var body = JsonSerializer.Serialize(new { ConsumerARN = consumerArn, ShardId = shardId, StartingPosition = start });
        return await PushedEvents.OpenAsync(await RequestAsync("SubscribeToShard", body, "application/x-amz-json-1.1", isSigned: true));
    }

    public static string ArnOf(string stream) => "arn:aws:kinesis:us-east-1:000000000000:stream/" + stream;

    public async Task<string> SendAsync(string operation, string body, string contentType = "application/x-amz-json-1.1", bool isSigned = true)
    {
        using var response = await RequestAsync(operation, body, contentType, isSigned);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> RequestAsync(string operation, string body, string contentType, bool isSigned)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Endpoint)
        {
            Content = new StringContent(body, new MediaTypeHeaderValue(contentType)),
        };
        request.Headers.Add("X-Amz-Target", "Kinesis_20131202." + operation);
        if (isSigned)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=a/b");
        }

        var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode
            ? response
            : throw AnswerException.From((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await server.DisposeAsync();
    }
}

/// <summary>The service answered with an error.</summary>
internal sealed class AnswerException(int statusCode, string code, string message) : Exception(message)
{
    public int StatusCode => statusCode;

    public string Code => code;

    public static AnswerException From(int statusCode, string body)
    {
        var error = JsonNode.Parse(body)!;
        return new AnswerException(statusCode, (string)error["__type"]!, (string)error["message"]!);
    }
}
