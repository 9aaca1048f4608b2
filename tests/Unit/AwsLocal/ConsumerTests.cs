using System.Text.Json.Nodes;
using DataProcessor.Aws.Local;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class ConsumerTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_750_000_000_123));

    [Fact]
    public async Task A_consumer_is_registered_becomes_active_outlives_the_server_and_is_deregistered()
    {
        using var folder = new TemporaryFolder();
        string arn;
        await using (var kinesis = await StartAsync(TimeSpan.FromSeconds(2), folder.Path))
        {
            arn = await kinesis.RegisterAsync("app");
            Assert.Equal(LocalKinesis.ArnOf("s") + "/consumer/app:1750000000", arn);
            Assert.Equal("CREATING", await StatusAsync(kinesis, new { ConsumerARN = arn }));
            Assert.Equal("ResourceInUseException", (await kinesis.ErrorAsync("SubscribeToShard", Subscribe(arn))).Code);
        }

        await using var restarted = await StartAsync(TimeSpan.Zero, folder.Path);
        Assert.Equal("CREATING", await StatusAsync(restarted, new { StreamARN = LocalKinesis.ArnOf("s"), ConsumerName = "app" }));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("ACTIVE", await StatusAsync(restarted, new { ConsumerARN = arn, StreamARN = LocalKinesis.ArnOf("s") }));
        Assert.Equal("ResourceInUseException", (await restarted.ErrorAsync("RegisterStreamConsumer", Named("app"))).Code);
        Assert.Equal(1, await CountAsync(restarted));
        Assert.Equal("ResourceInUseException", (await restarted.ErrorAsync("DeleteStream", new { StreamName = "s" })).Code);

        await restarted.CallAsync("DeregisterStreamConsumer", Named("app"));
        Assert.Equal("ResourceNotFoundException", (await restarted.ErrorAsync("DescribeStreamConsumer", new { ConsumerARN = arn })).Code);
        Assert.Equal("ResourceNotFoundException", (await restarted.ErrorAsync("SubscribeToShard", Subscribe(arn))).Code);
        Assert.NotEqual(arn, await restarted.RegisterAsync("app"));
        Assert.Equal("ResourceNotFoundException", (await restarted.ErrorAsync("SubscribeToShard", Subscribe(arn))).Code);
    }

    [Fact]
    public async Task A_stream_has_20_consumers_listed_page_by_page()
    {
        await using var kinesis = await StartAsync(TimeSpan.Zero);
        for (var i = 0; i < 20; i++)
        {
            await kinesis.RegisterAsync($"c{i:D2}");
        }

        Assert.Equal("LimitExceededException", (await kinesis.ErrorAsync("RegisterStreamConsumer", Named("c20"))).Code);
        var page = await kinesis.CallAsync("ListStreamConsumers", new { StreamARN = LocalKinesis.ArnOf("s"), MaxResults = 12 });
        var names = Names(page);
        var token = (string)page["NextToken"]!;
        page = await kinesis.CallAsync("ListStreamConsumers", new { StreamARN = LocalKinesis.ArnOf("s"), NextToken = token });
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"c{i:D2}"), names.Concat(Names(page)));
        Assert.Null(page["NextToken"]);
        _time.Advance(TimeSpan.FromSeconds(301));
        Assert.Equal("ExpiredNextTokenException", (await kinesis.ErrorAsync("ListStreamConsumers", new { StreamARN = LocalKinesis.ArnOf("s"), NextToken = token })).Code);
    }

    [Fact]
    public async Task Five_are_created_at_a_time()
    {
        await using var kinesis = await StartAsync(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 5; i++)
        {
            await kinesis.RegisterAsync($"c{i}");
        }

        Assert.Equal("LimitExceededException", (await kinesis.ErrorAsync("RegisterStreamConsumer", Named("c5"))).Code);
        _time.Advance(TimeSpan.FromSeconds(1));
        await kinesis.RegisterAsync("c5");
    }

    [Theory]
    [InlineData("RegisterStreamConsumer", """{"ConsumerName":"c"}""", "ValidationException", "'streamARN'")]
    [InlineData("RegisterStreamConsumer", """{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s","ConsumerName":"a b"}""", "ValidationException", "'consumerName'")]
    [InlineData("DescribeStreamConsumer", """{"ConsumerName":"c"}""", "InvalidArgumentException", "Either ConsumerARN, or both")]
    [InlineData("DescribeStreamConsumer", """{"ConsumerARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1"}""", "ResourceNotFoundException", "Consumer arn:aws")]
    [InlineData("DescribeStreamConsumer", """{"ConsumerARN":"arn:aws:kinesis:us-east-1:000000000000:stream/t/consumer/c:1"}""", "ResourceNotFoundException", "Stream t under")]
    [InlineData("DescribeStreamConsumer", """{"ConsumerARN":"c"}""", "ValidationException", "'consumerARN'")]
    [InlineData("DeregisterStreamConsumer", """{"ConsumerARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1","ConsumerName":"d"}""", "InvalidArgumentException", "is not the consumer d")]
    [InlineData("ListStreamConsumers", """{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s","NextToken":"x"}""", "InvalidArgumentException", "NextToken is invalid")]
    [InlineData("SubscribeToShard", """{"ShardId":"shardId-000000000000","StartingPosition":{"Type":"NEWEST"}}""", "ValidationException", "2 validation errors detected: Value null at 'consumerARN'")]
    [InlineData("SubscribeToShard", """{"ConsumerARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1","ShardId":"x"}""", "ValidationException", "'startingPosition'")]
    public async Task A_wrong_call_gets_the_services_error(string operation, string body, string code, string message)
    {
        await using var kinesis = await StartAsync(TimeSpan.Zero);

        var error = await Assert.ThrowsAsync<AnswerException>(() => kinesis.SendAsync(operation, body));

        Assert.Equal((400, code), (error.StatusCode, error.Code));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private async Task<LocalKinesis> StartAsync(TimeSpan latency, string? dataFolder = null)
    {
        var options = LocalKinesis.Unlimited();
        options.RegistrationLatency = latency;
        options.DataFolder = dataFolder;
        return await LocalKinesis.StartAsync(options, _time);
    }

    private static object Named(string name) => new { StreamARN = LocalKinesis.ArnOf("s"), ConsumerName = name };

    private static object Subscribe(string arn) =>
        new { ConsumerARN = arn, ShardId = "shardId-000000000000", StartingPosition = new { Type = "LATEST" } };

    private static async Task<string> StatusAsync(LocalKinesis kinesis, object consumer) =>
        (string)(await kinesis.CallAsync("DescribeStreamConsumer", consumer))["ConsumerDescription"]!["ConsumerStatus"]!;

    private static async Task<int> CountAsync(LocalKinesis kinesis) =>
        (int)(await kinesis.CallAsync("DescribeStreamSummary", new { StreamName = "s" }))["StreamDescriptionSummary"]!["ConsumerCount"]!;

    private static List<string> Names(JsonObject page) => [.. page["Consumers"]!.AsArray().Select(consumer => (string)consumer!["ConsumerName"]!)];
}
