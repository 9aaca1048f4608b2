using DataProcessor.Aws.Kinesis;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace DataProcessor.Unit.Aws;

public sealed class ConsumerTests
{
    private const string Stream = "arn:aws:kinesis:us-east-1:123456789012:stream/s";

    private static readonly StreamConsumer Expected = new(
        "c", Stream + "/consumer/c:1700000000", "CREATING", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_500));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registers_describes_and_deregisters_a_consumer()
    {
        await using var server = await LoopbackKinesis.StartAsync(
            Answer("Consumer"), Answer("ConsumerDescription"), LoopbackKinesis.Json(200, ""));
        using var client = server.CreateClient();

        Assert.Equal(Expected, await client.RegisterStreamConsumerAsync(Stream, "c", Cancellation));
        Assert.Equal(Expected, await client.DescribeStreamConsumerAsync(Stream, "c", Cancellation));
        await client.DeregisterStreamConsumerAsync(Expected.ConsumerArn, Cancellation);

        Assert.Equal(
            [
                $$"""RegisterStreamConsumer {"StreamARN":"{{Stream}}","ConsumerName":"c"}""",
                $$"""DescribeStreamConsumer {"StreamARN":"{{Stream}}","ConsumerName":"c"}""",
                $$"""DeregisterStreamConsumer {"ConsumerARN":"{{Expected.ConsumerArn}}"}""",
            ],
            server.Arrivals.Select(arrival => $"{arrival.Target.Split('.')[1]} {arrival.Text}"));
    }

    [Fact]
    public async Task A_repeated_registration_that_was_done_at_first_yields_its_consumer()
    {
        var inUse = LoopbackKinesis.Json(400, """{"__type":"ResourceInUseException"}""");
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Reset, inUse, Answer("ConsumerDescription"), inUse);
        using var client = server.CreateClient();

        Assert.Equal(Expected, await client.RegisterStreamConsumerAsync(Stream, "c", Cancellation));

        // Without an unanswered attempt before it, somebody else has registered it.
        var error = await Assert.ThrowsAsync<KinesisException>(
            async () => await client.RegisterStreamConsumerAsync(Stream, "c", Cancellation));
        Assert.Equal("ResourceInUseException", error.ErrorCode);
    }

    [Fact]
    public async Task An_empty_answer_to_a_registration_is_not_taken_for_a_done_one()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, ""));
        using var client = server.CreateClient();

        var error = await Assert.ThrowsAsync<KinesisException>(
            async () => await client.RegisterStreamConsumerAsync(Stream, "c", Cancellation));

        Assert.StartsWith("RegisterStreamConsumer: InvalidResponse", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Arrivals);
    }

    [Fact]
    public async Task Follows_the_pages_of_consumers_to_their_end()
    {
        await using var server = await LoopbackKinesis.StartAsync(
            LoopbackKinesis.Json(200, $$"""{"NextToken":"t1","Consumers":[{{Consumer}}]}"""),
            LoopbackKinesis.Json(200, $$"""{"Consumers":[{{Consumer}}]}"""));
        using var client = server.CreateClient();

        Assert.Equal([Expected, Expected], await client.ListStreamConsumersAsync(Stream, Cancellation));
        Assert.Equal(
            [$$"""{"StreamARN":"{{Stream}}"}""", $$"""{"StreamARN":"{{Stream}}","NextToken":"t1"}"""],
            server.Arrivals.Select(arrival => arrival.Text));
    }

    [Fact]
    public async Task Gives_up_on_a_list_of_consumers_without_end()
    {
        await using var server = await LoopbackKinesis.StartAsync(LoopbackKinesis.Json(200, """{"NextToken":"t","Consumers":[]}"""));
        using var client = server.CreateClient();

        await Assert.ThrowsAsync<KinesisException>(async () => await client.ListStreamConsumersAsync(Stream, Cancellation));
    }

    private static string Consumer => $$"""
        {"ConsumerName":"c","ConsumerARN":"{{Expected.ConsumerArn}}","ConsumerStatus":"CREATING","ConsumerCreationTimestamp":1.7000000005E9}
        """;

    private static RequestDelegate Answer(string name) => LoopbackKinesis.Json(200, $$"""{"{{name}}":{{Consumer}}}""");
}
