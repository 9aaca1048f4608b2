using System.Text.Json.Nodes;
using DataProcessor.Aws.Local;
using DataProcessor.Conformance.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Conformance.Scenarios;

/// <summary>Enhanced fan-out as Amazon's JavaScript client sees it: over HTTP/2, its own event stream decoder.</summary>
public sealed class SubscriptionTests(ForeignParts foreign)
{
    private const string Stream = "pushed";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_there_and_the_end_of_a_split_shard_are_pushed()
    {
        await using var server = await LocalKinesisServer.StartAsync(
            new LocalKinesisOptions { Port = 0, Streams = new Dictionary<string, int> { [Stream] = 1 } },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            Cancel);
        var summary = await CallAsync(server, "DescribeStreamSummary", Named());
        var arn = summary["StreamDescriptionSummary"]!["StreamARN"]!.GetValue<string>();
        var consumer = await CallAsync(
            server, "RegisterStreamConsumer", new JsonObject { ["StreamARN"] = arn, ["ConsumerName"] = "reader" });
        var consumerArn = consumer["Consumer"]!["ConsumerARN"]!.GetValue<string>();
        await CallAsync(server, "PutRecord", Named(("Data", "AQ=="), ("PartitionKey", "a")));
        await CallAsync(server, "PutRecord", Named(("Data", "Ag=="), ("PartitionKey", "b")));

        var events = await SubscribeAsync(server, consumerArn, new JsonObject { ["Type"] = "TRIM_HORIZON" }, records: 2);
        var continuation = events[^1]!["ContinuationSequenceNumber"]!.GetValue<string>();
        await CallAsync(server, "PutRecord", Named(("Data", "Aw=="), ("PartitionKey", "c")));
        await CallAsync(server, "SplitShard", Named(("ShardToSplit", "shardId-000000000000"), ("NewStartingHashKey", "1000")));
        consumer = await CallAsync(
            server, "RegisterStreamConsumer", new JsonObject { ["StreamARN"] = arn, ["ConsumerName"] = "other" });
        var rest = await SubscribeAsync(
            server,
            consumer["Consumer"]!["ConsumerARN"]!.GetValue<string>(),
            new JsonObject { ["Type"] = "AFTER_SEQUENCE_NUMBER", ["SequenceNumber"] = continuation },
            records: int.MaxValue);

        Assert.Equal(["AQ==", "Ag=="], DataOf(events));
        Assert.Equal(["Aw=="], DataOf(rest));
        Assert.Null(rest[^1]!["ContinuationSequenceNumber"]);
        Assert.Equal(
            ["shardId-000000000001 0-999", $"shardId-000000000002 1000-{HashKey.Max}"],
            rest[^1]!["ChildShards"]!.AsArray().Select(child =>
                $"{child!["ShardId"]} {child["HashKeyRange"]!["StartingHashKey"]}-{child["HashKeyRange"]!["EndingHashKey"]}"));
        foreign.Cases.Add("subscriptions, JavaScript client", 2);
    }

    private static IEnumerable<string> DataOf(JsonArray events) =>
        events.SelectMany(one => one!["Records"]!.AsArray()).Select(record => record!["Data"]!.GetValue<string>());

    private static JsonObject Named(params (string Name, string Value)[] fields) =>
        new([KeyValuePair.Create("StreamName", (JsonNode?)Stream), .. fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)field.Value))]);

    private async Task<JsonNode> CallAsync(LocalKinesisServer server, string operation, JsonObject input)
    {
        var caller = new ChildCaller(await foreign.KinesisSdkAsync(), httpVersion: "2");
        var answer = await caller.CallAsync(server.Endpoint, operation, input, Cancel);
        Assert.Null(answer["error"]?.ToJsonString());
        return answer["output"]!;
    }

    private async Task<JsonArray> SubscribeAsync(LocalKinesisServer server, string consumerArn, JsonObject position, int records)
    {
        var sdk = await foreign.KinesisSdkAsync();
        var input = new JsonObject
        {
            ["ConsumerARN"] = consumerArn,
            ["ShardId"] = "shardId-000000000000",
            ["StartingPosition"] = position,
        };
        var call = new JsonObject { ["endpoint"] = server.Endpoint.ToString(), ["http"] = "2", ["input"] = input, ["records"] = records };
        var answer = (await sdk.CallAsync("subscribe", call, Cancel))!;
        Assert.Null(answer["error"]?.ToJsonString());
        return answer["output"]!.AsArray();
    }
}
