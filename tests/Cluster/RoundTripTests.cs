using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace DataProcessor.Cluster;

public sealed class RoundTripTests(ProcessFixture fixture) : IClassFixture<ProcessFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RunningProcess Process => fixture.Process;

    [Fact]
    public async Task The_samples_curl_line_is_acknowledged_durably_and_processed()
    {
        var answer = await PostAsync("/", "application/json", """{"data":" This is a testing record"}""");

        var record = await ProcessedAsync(" This is a testing record");
        Assert.Equal((string)answer["shardId"]!, record.ShardId);
        Assert.Equal((string)answer["sequenceNumber"]!, record.Position.SequenceNumber.Value);
        Assert.Equal((long)answer["subSequenceNumber"]!, record.Position.SubSequenceNumber);
    }

    [Theory]
    [InlineData("application/json", """[{"data":"{0}0","partitionKey":"a"},{"data":"{0}1","partitionKey":"b"},{"data":"{0}2","explicitHashKey":"0"}]""")]
    [InlineData("application/x-ndjson", "{\"data\":\"{0}0\",\"partitionKey\":\"a\"}\n{\"data\":\"{0}1\",\"partitionKey\":\"b\"}\n\n{\"data\":\"{0}2\",\"explicitHashKey\":\"0\"}\n")]
    public async Task A_batch_is_answered_and_processed_record_by_record(string contentType, string body)
    {
        var unique = Guid.NewGuid().ToString("N");
        var answer = await PostAsync($"/streams/{RunningProcess.Stream}/records", contentType, body.Replace("{0}", unique, StringComparison.Ordinal));

        var successes = answer is JsonArray lines ? lines : answer["successes"]!.AsArray();
        Assert.Equal(3, successes.Count);
        foreach (var success in successes)
        {
            var record = await ProcessedAsync($"{unique}{(int)success!["id"]!}");
            Assert.Equal((string)success["sequenceNumber"]!, record.Position.SequenceNumber.Value);
            Assert.Equal((string)success["shardId"]!, record.ShardId);
        }
    }

    [Fact]
    public async Task The_bad_records_of_a_batch_are_named_and_the_good_ones_stored()
    {
        var unique = Guid.NewGuid().ToString("N");
        using var response = await SendAsync("/", "application/json", $$"""[{"data":"{{unique}}"},{"nodata":1},{"data":"x","explicitHashKey":"-1"}]""");

        Assert.Equal(HttpStatusCode.MultiStatus, response.StatusCode);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal([1, 2], answer["failures"]!.AsArray().Select(failure => (int)failure!["id"]!));
        await ProcessedAsync(unique);
    }

    [Fact]
    public async Task Records_of_a_key_are_processed_in_the_order_of_the_request()
    {
        var unique = Guid.NewGuid().ToString("N");
        var lines = Enumerable.Range(0, 2_000).Select(i => $$"""{"data":"{{unique}}-{{i}}","partitionKey":"key-{{i % 7}}"}""");
        var answer = await PostAsync("/", "application/x-ndjson", string.Join('\n', lines));
        Assert.Equal(2_000, answer.AsArray().Count);

        await ProcessedAsync($"{unique}-1999");
        var mine = await ProcessedAsync(all => all.Where(record => record.Data.StartsWith(unique, StringComparison.Ordinal)).ToArray() is { Length: >= 2_000 } found ? found : null);
        foreach (var key in mine.GroupBy(record => record.PartitionKey))
        {
            var numbers = key.Select(record => int.Parse(record.Data[(unique.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    [Fact]
    public async Task A_request_repeated_under_its_idempotency_key_is_stored_once()
    {
        var unique = Guid.NewGuid().ToString("N");
        string[] answers = [await PutOnceAsync(), await PutOnceAsync()];

        Assert.Equal(answers[0], answers[1]);
        await ProcessedAsync($"{unique}-last");
        Assert.Single(Process.Processed.All, record => record.Data == unique);

        async Task<string> PutOnceAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = JsonContent.Create(new[] { new { data = unique }, new { data = $"{unique}-last" } }) };
            request.Headers.Add("Idempotency-Key", unique);
            using var response = await Process.Gateway.SendAsync(request, Cancel);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return await response.Content.ReadAsStringAsync(Cancel);
        }
    }

    [Fact]
    public async Task A_record_that_the_processor_refuses_comes_again_and_its_neighbours_once()
    {
        var unique = Guid.NewGuid().ToString("N");
        Process.Processed.ToRefuse[$"{unique}-1"] = 2;
        await PostAsync("/", "application/json", $$"""[{"data":"{{unique}}-0","partitionKey":"k"},{"data":"{{unique}}-1","partitionKey":"k"},{"data":"{{unique}}-2","partitionKey":"k"}]""");

        await ProcessedAsync($"{unique}-2");
        Assert.Equal(0, Process.Processed.ToRefuse[$"{unique}-1"]);
        Assert.Equal(
            [$"{unique}-0", $"{unique}-1", $"{unique}-2"],
            Process.Processed.All.Where(record => record.Data.StartsWith(unique, StringComparison.Ordinal)).Select(record => record.Data));
    }

    [Fact]
    public async Task Every_shard_is_shown_with_its_reader_and_what_it_has_read()
    {
        await PostAsync("/", "application/json", """{"data":"shown"}""");
        await ProcessedAsync("shown");

        var stream = await Process.StreamAsync(Cancel);
        var shards = stream["shards"]!.AsArray();
        Assert.Equal(5, shards.Count);
        Assert.All(shards, shard => Assert.Equal("Reading", (string)shard!["state"]!));
        Assert.All(shards, shard => Assert.NotNull((string?)shard!["silo"]));
        Assert.True(shards.Sum(shard => (long)shard!["recordsProcessed"]!) > 0);
        Assert.Contains(shards, shard => (string?)shard!["position"]?["sequenceNumber"] is not null);
    }

    [Theory]
    [InlineData("/dashboard")]
    [InlineData("/health")]
    [InlineData("/streams")]
    public async Task The_admin_port_answers_and_the_gateway_port_does_not(string path)
    {
        using var onAdmin = await Process.Admin.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        using var onGateway = await Process.Gateway.GetAsync(new Uri(path, UriKind.Relative), Cancel);

        Assert.Equal(HttpStatusCode.OK, onAdmin.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, onGateway.StatusCode);
    }

    [Theory]
    [InlineData("/healthcheck")]
    [InlineData("/ready")]
    public async Task The_gateway_tells_its_health(string path)
    {
        using var response = await Process.Gateway.GetAsync(new Uri(path, UriKind.Relative), Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("application/json", "", 400)]
    [InlineData("application/json", "not json", 400)]
    [InlineData("application/json", "{\"data\":\"x\"", 400)]
    [InlineData("application/json", "{}", 400)]
    [InlineData("application/json", "[]", 400)]
    [InlineData("application/json", "7", 400)]
    [InlineData("application/json", "{\"data\":null}", 400)]
    [InlineData("application/json", "{\"data\":7,\"encoding\":\"base64\"}", 400)]
    [InlineData("application/json", "{\"data\":\"x\",\"partitionKey\":\"\"}", 400)]
    [InlineData("application/json", "{\"data\":\"x\",\"partitionKey\":7}", 400)]
    [InlineData("application/json", "{\"data\":\"x\",\"explicitHashKey\":\"abc\"}", 400)]
    [InlineData("application/json", "{\"data\":\"x\",\"explicitHashKey\":\"340282366920938463463374607431768211456\"}", 400)]
    [InlineData("application/json", "{\"data\":\"\\ud800\"}", 400)]
    [InlineData("application/x-ndjson", "\n\n", 400)]
    [InlineData("application/x-ndjson", "nonsense\n", 400)]
    [InlineData("text/plain", "x", 415)]
    [InlineData("application/xml", "<data/>", 415)]
    public async Task Bad_input_gets_a_clear_4xx(string contentType, string body, int status)
    {
        using var response = await SendAsync("/", contentType, body);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal(status, (int)problem["status"]!);
        Assert.NotEmpty((string)problem["detail"]!);
    }

    [Fact]
    public async Task Too_much_is_refused_with_413()
    {
        using var record = await SendAsync("/", "application/json", $$"""{"data":"{{new string('x', 1 << 20)}}","partitionKey":"k"}""");
        using var body = await SendAsync("/", "application/json", $$"""{"data":"{{new string('x', 17 << 20)}}"}""");
        using var key = await SendAsync("/", "application/json", $$"""{"data":"x","partitionKey":"{{new string('k', 257)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, record.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, body.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, key.StatusCode);
    }

    [Fact]
    public async Task An_unknown_stream_is_404_and_a_wrong_method_405()
    {
        using var unknown = await SendAsync("/streams/no-such-stream/records", "application/json", """{"data":"x"}""");
        using var wrongMethod = await Process.Gateway.PutAsync(new Uri("/", UriKind.Relative), content: null, Cancel);

        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal("application/problem+json", unknown.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, wrongMethod.StatusCode);
    }

    private async Task<JsonNode> PostAsync(string path, string contentType, string body)
    {
        using var response = await SendAsync(path, contentType, body);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {text}");
        return response.Content.Headers.ContentType?.MediaType == "application/x-ndjson"
            ? JsonNode.Parse($"[{string.Join(',', text.Split('\n', StringSplitOptions.RemoveEmptyEntries))}]")!
            : JsonNode.Parse(text)!;
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string contentType, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new(contentType);
        return await Process.Gateway.PostAsync(new Uri(path, UriKind.Relative), content, Cancel);
    }

    private Task<ProcessedRecord> ProcessedAsync(string data) =>
        ProcessedAsync(all => all.FirstOrDefault(record => record.Data == data));

    private async Task<T> ProcessedAsync<T>(Func<IReadOnlyCollection<ProcessedRecord>, T?> find)
        where T : class
    {
        while (true)
        {
            var all = Process.Processed.All;
            var count = all.Count;
            if (find(all) is { } found)
            {
                return found;
            }

            await Process.Processed.WaitForAsync(count + 1, Cancel);
        }
    }
}
