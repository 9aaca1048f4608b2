using System.Buffers;
using System.Text.Json;
using Amazon.Runtime.EventStreams;
using CsCheck;
using DataProcessor.Aws.Local.Wire.Events;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

/// <summary>Events over sockets, in both encodings and protocols, read by the AWS SDK's decoder.</summary>
public sealed class SubscriptionWireTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private LocalKinesis _kinesis = null!;

    public async ValueTask InitializeAsync()
    {
        var options = LocalKinesis.Unlimited();
        options.Port = 0;
        _kinesis = await LocalKinesis.StartAsync(options);
        _client.BaseAddress = _kinesis.Server.Endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _kinesis.DisposeAsync();
    }

    [Theory]
    [InlineData("1.1", false)]
    [InlineData("1.1", true)]
    [InlineData("2.0", false)]
    [InlineData("2.0", true)]
    public async Task Events_arrive_as_they_happen(string version, bool isCbor)
    {
        using var events = await SubscribeAsync("LATEST", version, isCbor);
        for (byte i = 0; i < 3; i++)
        {
            await _kinesis.PutAsync("ä", [i, 255]);
            var pushed = (await events.NextAsync())!;

            Assert.Equal(("SubscribeToShardEvent", "ä"), (pushed.Type, (string)pushed.Records.Single()!["PartitionKey"]!));
            Assert.Equal([i], pushed.Values);
        }

        await _kinesis.CallAsync("UpdateShardCount", new { StreamName = "s", TargetShardCount = 2, ScalingType = "UNIFORM_SCALING" });
        Assert.Equal(2, (await events.NextAsync())!.Payload["ChildShards"]!.AsArray().Count);
        Assert.Null(await events.NextAsync());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Nothing_is_read_for_a_client_that_does_not_read(string version)
    {
        const int count = 60;
        using var events = await SubscribeAsync("TRIM_HORIZON", version, isCbor: true);
        for (byte i = 0; i < count; i++)
        {
            await _kinesis.PutAsync("k", [i, .. new byte[1_000_000]]);
        }

        // What the sockets' buffers hold on the way is the operating system's business: some MB.
        Assert.InRange(_kinesis.Server.Counters.BytesPushed, 0, 30_000_000);
        var values = new List<int>();
        while (values.Count < count)
        {
            values.AddRange((await events.NextAsync())!.Values);
        }

        Assert.Equal(Enumerable.Range(0, count), values);
    }

    [Fact]
    public async Task The_end_of_the_server_ends_its_subscriptions_at_once()
    {
        using var events = await SubscribeAsync("LATEST", "1.1", isCbor: false);

        await _kinesis.DisposeAsync();

        Assert.Null(await events.NextAsync());
    }

    [Fact]
    public void The_SDK_reads_every_message() => Gen.Byte.Array[0, 300].Sample(
        payload =>
        {
            var (buffer, length) = EventMessage.Event("e", "c/d", payload);
            try
            {
                var message = EventStreamMessage.FromBuffer(buffer, 0, length);
                return message.Payload.SequenceEqual(payload)
                    && message.Headers.Count == 3
                    && message.Headers[":message-type"].AsString() == "event"
                    && message.Headers[":event-type"].AsString() == "e"
                    && message.Headers[":content-type"].AsString() == "c/d";
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        },
        iter: 100);

    private async Task<PushedEvents> SubscribeAsync(string position, string version, bool isCbor)
    {
        object call = new
        {
            ConsumerARN = await _kinesis.RegisterAsync(),
            ShardId = "shardId-000000000000",
            StartingPosition = new { Type = position },
        };
        var body = isCbor ? SocketCalls.Encode(JsonSerializer.SerializeToNode(call)) : JsonSerializer.SerializeToUtf8Bytes(call);
        var response = await SocketCalls.SendAsync(
            _client,
            "SubscribeToShard",
            isCbor ? "application/x-amz-cbor-1.1" : "application/x-amz-json-1.1",
            body,
            Version.Parse(version),
            HttpCompletionOption.ResponseHeadersRead);
        return await PushedEvents.OpenAsync(response);
    }
}
