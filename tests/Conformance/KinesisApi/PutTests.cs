using System.Text;
using System.Text.Json.Nodes;
using DataProcessor.Cluster;
using DataProcessor.Conformance.Harness;
using DataProcessor.Conformance.Scenarios;
using static DataProcessor.Conformance.KinesisApi.ForeignWriters;

namespace DataProcessor.Conformance.KinesisApi;

/// <summary>Amazon's clients, with the gateway as their endpoint: what they put is read back without the gateway.</summary>
[Collection(SignedGateway.Name)]
public sealed class PutTests(ForeignParts foreign, SignedGateway fixture)
{
    private const string HighestHashKey = "340282366920938463463374607431768211455";

    public static TheoryData<string> PutScenarios => new(
        Array.ConvertAll(Puts, scenario => scenario.Name));

    private static Scenario[] Puts { get; } =
    [
        .. Uses.All.Concat(Mistakes.All).Where(scenario => scenario.Steps.All(step => step.Operation is "PutRecord" or "PutRecords")),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private GatewayUnderTest Gateway => fixture.Gateway;

    [Theory]
    [InlineData(JavaScript)]
    [InlineData(JavaScript11)]
    [InlineData(Boto3)]
    [InlineData(AwsCommand)]
    public async Task What_a_client_puts_is_in_the_stream_and_is_processed(string client)
    {
        var writer = await foreign.WriterAsync(client, SignedGateway.Writer);
        string[] texts = [.. Enumerable.Range(0, 4).Select(i => $"{client} {i}: Zürich-Ω-日本-😀")];

        var one = await OutputAsync(writer, "PutRecord", Record(texts[0], "köy-Ω"));
        var three = await OutputAsync(writer, "PutRecords", new()
        {
            ["Records"] = new JsonArray(
                Record(texts[1], "a", ("ExplicitHashKey", "0")), Record(texts[2], "b", ("ExplicitHashKey", HighestHashKey)), Record(texts[3], "c")),
        });

        Assert.Equal(0, three["FailedRecordCount"]!.GetValue<int>());
        JsonNode?[] places = [one, .. three["Records"]!.AsArray()];
        Assert.Equal("shardId-000000000000", places[1]!["ShardId"]!.GetValue<string>());
        Assert.Equal("shardId-000000000001", places[2]!["ShardId"]!.GetValue<string>());
        for (var i = 0; i < texts.Length; i++)
        {
            var (shard, number) = (places[i]!["ShardId"]!.GetValue<string>(), places[i]!["SequenceNumber"]!.GetValue<string>());
            Assert.Contains(texts[i], await ReadAsync(shard, number));
            var processed = await ProcessedAsync(texts[i]);
            Assert.Equal((shard, number), (processed.ShardId, processed.Position.SequenceNumber.Value));
            foreign.Cases.Add("puts through the gateway, " + client);
        }
    }

    /// <summary>The embedded Kinesis itself is compared with foreign servers by ScenarioTests.</summary>
    [Theory]
    [MemberData(nameof(PutScenarios))]
    public async Task A_client_sees_of_the_gateway_what_it_sees_of_Kinesis(string name)
    {
        var scenario = Array.Find(Puts, scenario => scenario.Name == name)!;
        var writer = await foreign.WriterAsync(JavaScript, SignedGateway.Writer);

        var ofKinesis = await writer.RunAsync(scenario, Gateway.Kinesis.Endpoint, GatewayUnderTest.UnreadStream, Cancel);
        var ofGateway = await writer.RunAsync(scenario, Gateway.Address, GatewayUnderTest.UnreadStream, Cancel);

        Assert.Equal(ofKinesis, ofGateway);
        foreign.Cases.Add("scenarios of the gateway, JavaScript client");
    }

    [Fact]
    public async Task Every_operation_that_is_no_put_is_refused_by_name()
    {
        var sdk = await foreign.KinesisSdkAsync();
        var writer = await foreign.WriterAsync(JavaScript, SignedGateway.Writer);
        var operations = await sdk.CallAsync("operations", null, Cancel);
        foreach (var operation in operations!.AsArray().Select(operation => operation!.GetValue<string>()).Except(["PutRecord", "PutRecords"]))
        {
            var error = (await CallAsync(writer, operation, []))["error"]!;

            Assert.Equal("UnknownOperationException", error["code"]!.GetValue<string>());
            Assert.Contains($"Kinesis_20131202.{operation}'", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
            foreign.Cases.Add("operations that the gateway has not");
        }
    }

    private static JsonObject Record(string data, string key, params (string Name, string Value)[] more)
    {
        var record = new JsonObject { ["Data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(data)), ["PartitionKey"] = key };
        Array.ForEach(more, member => record[member.Name] = member.Value);
        return record;
    }

    private Task<JsonNode> CallAsync(KinesisCaller caller, string operation, JsonObject input, Uri? endpoint = null)
    {
        input["StreamName"] = RunningProcess.Stream;
        return caller.CallAsync(endpoint ?? Gateway.Address, operation, input, Cancel);
    }

    private async Task<JsonNode> OutputAsync(KinesisCaller caller, string operation, JsonObject input, Uri? endpoint = null)
    {
        var answer = await CallAsync(caller, operation, input, endpoint);
        Assert.Null(answer["error"]?.ToJsonString());
        return answer["output"]!;
    }

    /// <summary>The texts in a Kinesis record, which Amazon's client reads from Kinesis and Amazon's aws-kinesis-agg takes apart.</summary>
    private async Task<string[]> ReadAsync(string shard, string sequenceNumber)
    {
        var reader = await foreign.WriterAsync(JavaScript);
        var at = await OutputAsync(
            reader,
            "GetShardIterator",
            new() { ["ShardId"] = shard, ["ShardIteratorType"] = "AT_SEQUENCE_NUMBER", ["StartingSequenceNumber"] = sequenceNumber },
            Gateway.Kinesis.Endpoint);
        var page = await reader.CallAsync(
            Gateway.Kinesis.Endpoint, "GetRecords", new() { ["ShardIterator"] = at["ShardIterator"]!.DeepClone(), ["Limit"] = 1 }, Cancel);
        var record = page["output"]!["Records"]![0]!;
        Assert.Equal(sequenceNumber, record["SequenceNumber"]!.GetValue<string>());

        var aggregator = await foreign.AggregatorAsync();
        var call = new JsonObject { ["partitionKey"] = record["PartitionKey"]!.DeepClone(), ["data"] = record["Data"]!.DeepClone() };
        var records = (await aggregator.CallAsync("deaggregate", call, Cancel))!.AsArray();
        return [.. records.Select(user => Encoding.UTF8.GetString(Convert.FromBase64String(user!["data"]!.GetValue<string>())))];
    }

    private async Task<ProcessedRecord> ProcessedAsync(string data)
    {
        for (var all = Array.Empty<ProcessedRecord>(); ; all = await Gateway.Processed.WaitForAsync(all.Length + 1, Cancel))
        {
            if (Array.Find(all, record => record.Data == data) is { } found)
            {
                return found;
            }
        }
    }
}
