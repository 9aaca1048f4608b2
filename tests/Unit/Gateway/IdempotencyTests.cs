using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.Gateway;

public class IdempotencyTests
{
    /// <summary>Several puts to several shards, with and without keys.</summary>
    private static readonly string Batch = $"[{string.Join(',', Enumerable.Range(0, 600).Select(i =>
        i % 2 == 0 ? $$"""{"data":"{{i:D500}}"}""" : $$"""{"data":"{{i:D500}}","partitionKey":"{{i}}"}"""))}]";

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/octet-stream")]
    [InlineData("application/x-ndjson")]
    public async Task A_repeated_request_is_the_same_puts(string type)
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 3);
        var body = type == "application/x-ndjson" ? Batch[1..^1].Replace("},{", "}\n{", StringComparison.Ordinal) : Batch;

        var first = await PostAsync(gateway, body, type);
        var ids = Take(gateway);
        var second = await PostAsync(gateway, body, type);

        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal(type == "application/octet-stream" ? 1 : 6, ids.Distinct().Count());
        Assert.Equal(ids.OrderBy(id => id.Value), Take(gateway).OrderBy(id => id.Value));
        await PostAsync(gateway, body, type, key: "another");
        Assert.Empty(Take(gateway).Intersect(ids));
    }

    [Fact]
    public async Task A_key_used_for_other_records_is_refused()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        await PostAsync(gateway, """{"data":"x"}""");

        var answer = await PostAsync(gateway, """{"data":"y"}""");
        var elsewhere = await PostAsync(gateway, """{"data":"y"}""", path: $"/streams/{MemoryCluster.StreamName}-2/records");

        Assert.Equal((422, "IdempotencyKeyReused"), (answer.Status, answer.Code));
        Assert.Equal(200, elsewhere.Status);
        Assert.Equal(2, gateway.Cluster.StoredCount);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("\"quoted, with a comma\"", 200)]
    [InlineData("256", 200)]
    [InlineData("257", 400)]
    public async Task A_key_has_a_length(string key, int status)
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        var text = int.TryParse(key, out var length) ? new string('k', length) : key;
        Assert.Equal(status, (await PostAsync(gateway, """{"data":"x"}""", key: text)).Status);
    }

    [Fact]
    public async Task Lines_under_a_key_are_read_whole_and_have_a_batchs_limits()
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options => options.MaxRecords = 2);
        var taken = await PostAsync(gateway, "{\"data\":\"1\"}\n\n{\"data\":\"2\"}\n\n", "application/x-ndjson");
        var refused = await PostAsync(gateway, "{\"data\":\"1\"}\n{\"data\":\"2\"}\n{\"data\":\"3\"}", "application/x-ndjson");

        Assert.Equal(2, taken.Lines.Length);
        Assert.Equal((413, "TooManyRecords"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Records_that_come_back_are_another_put()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1);
        var producer = gateway.Cluster.Producer("shardId-000000000000");
        producer.ThenPut(PutResponse.Settled([new(0, 1, PutOutcome.Moved, null, default, 0, 0, null, null)]));

        await PostAsync(gateway, """{"data":"x"}""");

        Assert.Equal(2, Take(gateway).Distinct().Count());
    }

    [Fact]
    public void A_key_is_remembered_for_a_minute_and_of_many_the_oldest_are_forgotten()
    {
        var time = new FakeTimeProvider();
        var keys = new IdempotencyKeys(time);
        using var x = Frame("x");
        using var y = Frame("y");

        Assert.True(keys.TryUse("s", "k", x));
        Assert.True(keys.TryUse("s", "k", x));
        Assert.False(keys.TryUse("s", "k", y));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(keys.TryUse("s", "k", y));
        for (var i = 0; i < 20_000; i++)
        {
            Assert.True(keys.TryUse("s", $"k{i}", x));
        }

        Assert.True(keys.TryUse("s", "k", x));
        Assert.False(keys.TryUse("s", "k19999", y));
    }

    private static IncomingRecords Frame(string data)
    {
        var records = new IncomingRecords();
        Assert.Null(new RecordParser(1, 100).Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"data":"{{data}}"}"""), BodyFormat.Json, records));
        return records;
    }

    private static PutId[] Take(LoopbackGateway gateway)
    {
        var ids = new List<PutId>();
        foreach (var shard in gateway.Cluster.Map.Open)
        {
            var puts = gateway.Cluster.Producer(shard.Id).Puts;
            ids.AddRange(puts.Select(put => put.Id));
            puts.Clear();
        }

        return [.. ids];
    }

    private static async Task<HttpAnswer> PostAsync(
        LoopbackGateway gateway, string body, string type = "application/json", string key = "key", string path = "/")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type)) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await gateway.SendAsync(request);
    }
}
