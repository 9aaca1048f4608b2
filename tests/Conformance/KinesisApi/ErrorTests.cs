using System.Text.Json.Nodes;
using DataProcessor.Aws.Local;
using DataProcessor.Cluster;
using DataProcessor.Conformance.Harness;
using static DataProcessor.Conformance.KinesisApi.ForeignWriters;

namespace DataProcessor.Conformance.KinesisApi;

/// <summary>What Amazon's clients make of the gateway's errors. Nobody verifies signatures here, as by default.</summary>
public sealed class ErrorTests(ForeignParts foreign)
{
    private const string Throttled = "ProvisionedThroughputExceededException";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Errors_are_the_clients_own_exceptions()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(Cancel);
        foreach (var client in (string[])[JavaScript, JavaScript11, Boto3, AwsCommand])
        {
            Assert.Equal("ResourceNotFoundException", await ErrorAsync(client, gateway, Record("no-such-stream", "YQ==")));
        }

        Assert.Equal("ValidationException", await ErrorAsync(JavaScript, gateway, Record("no blanks", "YQ==")));

        // Over HTTP/2 an answer that came before the end of this body would be lost (UnreadBody).
        var large = Convert.ToBase64String(new byte[13 * 1024 * 1024]);
        Assert.Equal("InvalidArgumentException", await ErrorAsync(JavaScript, gateway, Record(RunningProcess.Stream, large)));
    }

    [Fact]
    public async Task What_Kinesis_throttles_until_it_expires_is_throttled_for_the_client()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(Cancel, "--Gateway:RecordTtl=00:00:01");
        gateway.Kinesis.SetFaults(new LocalKinesisFaults(Seed: 1) { ThrottleRecord = 1 });
        var batch = new JsonObject
        {
            ["StreamName"] = RunningProcess.Stream,
            ["Records"] = new JsonArray(Record(null, "AQ=="), Record(null, "Ag==")),
        };

        var single = ErrorAsync(Boto3, gateway, Record(RunningProcess.Stream, "YQ=="));
        var failed = (await CallAsync(JavaScript, gateway, "PutRecords", batch))["output"]!;

        Assert.Equal(Throttled, await single);
        Assert.Equal(2, failed["FailedRecordCount"]!.GetValue<int>());
        Assert.Equal([Throttled, Throttled], failed["Records"]!.AsArray().Select(entry => entry!["ErrorCode"]!.GetValue<string>()));
        Assert.True(gateway.Kinesis.Counters.InjectedRecordThrottles > 0);
        Assert.Equal(0, gateway.Kinesis.Counters.RecordsStored);
    }

    private static JsonObject Record(string? stream, string data)
    {
        var record = new JsonObject { ["Data"] = data, ["PartitionKey"] = "k" };
        if (stream is not null)
        {
            record["StreamName"] = stream;
        }

        return record;
    }

    /// <summary>The code of the error; the clients that have a type for it must have thrown that.</summary>
    private async Task<string> ErrorAsync(string client, GatewayUnderTest gateway, JsonObject record)
    {
        var error = (await CallAsync(client, gateway, "PutRecord", record))["error"]!;
        var code = error["code"]!.GetValue<string>();
        if (client != AwsCommand)
        {
            Assert.Equal(code, error["type"]!.GetValue<string>());
        }

        return code;
    }

    private async Task<JsonNode> CallAsync(string client, GatewayUnderTest gateway, string operation, JsonObject input)
    {
        var caller = await foreign.WriterAsync(client);
        foreign.Cases.Add("errors of the gateway");
        return await caller.CallAsync(gateway.Address, operation, input.DeepClone().AsObject(), Cancel);
    }
}
