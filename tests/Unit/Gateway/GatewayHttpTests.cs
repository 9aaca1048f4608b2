using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace DataProcessor.Unit.Gateway;

public class GatewayHttpTests
{
    private static readonly string[] SingleProperties = ["shardId", "sequenceNumber", "subSequenceNumber", "attempts"];

    [Theory]
    [InlineData("application/json", "/")]
    [InlineData("application/json; charset=utf-8", "/streams/data-processing-stream/records")]
    [InlineData("Application/JSON; charset=\"UTF-8\"", "/")]
    [InlineData(null, "/")]
    public async Task One_record_is_answered_with_its_place(string? type, string path)
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1);

        var answer = await gateway.PostAsync("""{"data":"hé","partitionKey":"k"}""", type, path);

        Assert.Equal(200, answer.Status);
        Assert.Equal(SingleProperties, answer.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal("shardId-000000000000", answer.Json.GetProperty("shardId").GetString());
        Assert.Equal("1", answer.Json.GetProperty("sequenceNumber").GetString());
        Assert.Equal(("hé", "k"), gateway.Cluster.Stored.Select(stored => (stored.Record.Data, stored.Record.PartitionKey)).Single());
    }

    [Fact]
    public async Task A_large_batch_is_stored_once_in_order_and_named_by_position()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 4);
        var lines = Enumerable.Range(0, 5000).Select(i => $$"""{"data":"{{i:D80}}","partitionKey":"k{{i % 50}}"}""");

        var answer = await gateway.PostAsync(string.Join('\n', lines), "application/x-ndjson", chunked: true);

        Assert.Equal(200, answer.Status);
        Assert.Equal(Enumerable.Range(0, 5000), answer.Lines.Select(IdOf));
        Assert.Equal(5000, gateway.Cluster.Stored.Count());
        Assert.All(gateway.Cluster.Stored.GroupBy(stored => stored.Record.PartitionKey), ofKey =>
            Assert.Equal(ofKey.Select(stored => stored.Record.Data).Order(StringComparer.Ordinal), ofKey.Select(stored => stored.Record.Data)));
        await gateway.WhenNothingInFlightAsync();
    }

    [Fact]
    public async Task Good_records_of_a_batch_are_stored_and_bad_ones_named()
    {
        await using var gateway = await LoopbackGateway.StartAsync();

        var answer = await gateway.PostAsync("""[{"data":"0"},{"date":"1"},{"data":"2","partitionKey":""}]""");

        Assert.Equal(207, answer.Status);
        Assert.Equal([0], answer.Json.GetProperty("successes").EnumerateArray().Select(IdOf));
        Assert.Equal(
            [(1, "MissingData", 400), (2, "InvalidPartitionKey", 400)],
            answer.Json.GetProperty("failures").EnumerateArray().Select(failure =>
                (IdOf(failure), failure.GetProperty("errorCode").GetString()!, failure.GetProperty("status").GetInt32())));
    }

    [Fact]
    public async Task A_batch_that_failed_alike_is_one_problem_with_its_failures()
    {
        await using var gateway = await LoopbackGateway.StartAsync();

        var same = await gateway.PostAsync("""[{},{}]""");
        var several = await gateway.PostAsync("""[{},7]""");

        Assert.Equal((400, "MissingData", 2), (same.Status, same.Code, same.Json.GetProperty("failures").GetArrayLength()));
        Assert.Equal((400, "BatchFailed"), (several.Status, several.Code));
        Assert.Equal("urn:data-processor:problem:BatchFailed", several.Json.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("/", "text/plain", "{}", 415, "UnsupportedMediaType")]
    [InlineData("/", "application/x-www-form-urlencoded", "{\"data\":\"x\"}", 415, "UnsupportedMediaType")]
    [InlineData("/", "application/json; charset=utf-16", "{}", 415, "UnsupportedMediaType")]
    [InlineData("/", "application/json", "", 400, "EmptyBody")]
    [InlineData("/", "application/x-ndjson", "\n\n", 400, "EmptyBody")]
    [InlineData("/", "application/json", "{\"data\"", 400, "InvalidJson")]
    [InlineData("/", "application/json", "{\"data\":5,\"encoding\":\"base64\"}", 400, "InvalidData")]
    [InlineData("/", "application/json", "[1,2,3,4]", 413, "TooManyRecords")]
    [InlineData("/", "application/x-ndjson", "1\n2", 400, "InvalidRecord")]
    [InlineData("/streams/no-such-stream/records", "application/json", "{\"data\":\"x\"}", 404, "StreamNotFound")]
    [InlineData("/streams/a%2Fb/records", "application/json", "{\"data\":\"x\"}", 400, "InvalidStreamName")]
    [InlineData("/streams/ä/records", "application/json", "{\"data\":\"x\"}", 400, "InvalidStreamName")]
    public async Task Bad_input_is_answered_with_what_is_wrong(string path, string type, string body, int status, string code)
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options => options.MaxRecords = 3);

        var answer = await gateway.PostAsync(body, type, path);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.EndsWith(".", answer.Json.GetProperty("detail").GetString());
        Assert.Empty(gateway.Cluster.Stored);
        await gateway.WhenNothingInFlightAsync();
    }

    [Theory]
    [InlineData(2048, false, 200)]
    [InlineData(2049, false, 413)]
    [InlineData(2048, true, 200)]
    [InlineData(2049, true, 413)]
    [InlineData(200_000, true, 413)]
    public async Task A_body_may_have_its_most_bytes(int bytes, bool chunked, int status)
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options => options.MaxBodyBytes = 2048);

        var answer = await gateway.PostAsync($"{{\"data\":\"{new string('x', bytes - 11)}\"}}", chunked: chunked);

        Assert.Equal(status, answer.Status);
        await gateway.WhenNothingInFlightAsync();
    }

    [Fact]
    public async Task A_body_may_exceed_the_limit_of_the_server_when_the_options_say_so()
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options =>
            (options.MaxBodyBytes, options.MaxRecordBytes) = (40_000_000, 100));

        var answer = await gateway.PostAsync($"{{\"data\":\"{new string('x', 35_000_000)}\"}}", chunked: true);

        Assert.Equal((413, "RecordTooLarge"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("PUT", "/")]
    [InlineData("GET", "/")]
    [InlineData("DELETE", "/streams/s/records")]
    [InlineData("POST", "/healthcheck")]
    [InlineData("POST", "/ready")]
    public async Task Other_methods_are_refused(string method, string path)
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        using var request = new HttpRequestMessage(new(method), path);
        Assert.Equal("MethodNotAllowed", (await gateway.SendAsync(request)).Code);
    }

    [Fact]
    public async Task A_gateway_whose_buffers_are_full_answers_429_before_it_reads()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        Assert.True(gateway.InFlight.TryTake(256 * 1024 * 1024));

        var announced = await gateway.PostAsync("""{"data":"x"}""");
        var chunked = await gateway.PostAsync("""{"data":"x"}""", chunked: true);

        Assert.All([announced, chunked], answer =>
        {
            Assert.Equal((429, "Busy"), (answer.Status, answer.Code));
            Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        });
        gateway.InFlight.Release(256 * 1024 * 1024);
        await gateway.WhenNothingInFlightAsync();
    }

    [Fact]
    public async Task Bodies_that_are_announced_and_do_not_come_take_no_room_from_others()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        var connections = new List<TcpClient>();
        try
        {
            // Together they announce twice of what the gateway may hold.
            for (var i = 0; i < 32; i++)
            {
                var connection = new TcpClient();
                connections.Add(connection);
                await connection.ConnectAsync("127.0.0.1", gateway.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
                await connection.GetStream().WriteAsync(
                    "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 16777216\r\n\r\n{"u8.ToArray(),
                    TestContext.Current.CancellationToken);
            }

            while (gateway.InFlight.InUse < 32 * 64 * 1024)
            {
                await Task.Yield();
            }

            Assert.Equal(200, (await gateway.PostAsync("""{"data":"x"}""")).Status);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task Health_is_the_process_and_readiness_the_whole_truth()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        Assert.Equal(200, (await Get("/ready")).Status);

        gateway.Cluster.MapFailures.Enqueue(new TimeoutException());
        Assert.Equal((503, "ClusterUnavailable"), await Problem());
        gateway.Cluster.MapFailures.Enqueue(new StreamNotFoundException());
        Assert.Equal((503, "StreamNotFound"), await Problem());
        Assert.Equal(200, (await Get("/healthcheck")).Status);

        async Task<HttpAnswer> Get(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            return await gateway.SendAsync(request);
        }

        async Task<(int, string?)> Problem() => await Get("/ready") is var answer ? (answer.Status, answer.Code) : default;
    }

    [Fact]
    public async Task Options_that_make_no_sense_stop_the_start()
    {
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            LoopbackGateway.StartAsync(configure: options => (options.DefaultStream, options.MaxRecords) = ("no/name", 0)));

        Assert.Contains("no/name", refused.Message, StringComparison.Ordinal);
        Assert.Contains("MaxRecords", refused.Message, StringComparison.Ordinal);
    }

    private static int IdOf(JsonElement entry) => entry.GetProperty("id").GetInt32();
}
