using System.Text.Json.Nodes;
using DataProcessor.Aws.Local;
using DataProcessor.Aws.Local.Wire.Operations;
using DataProcessor.Conformance.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Conformance.Scenarios;

/// <summary>Every operation that Amazon's client knows is answered by the embedded Kinesis, or refused by name.</summary>
public sealed class MissingOperationTests(ForeignParts foreign)
{
    [Fact]
    public async Task An_operation_that_is_missing_is_refused_by_name()
    {
        await using var server = await LocalKinesisServer.StartAsync(
            new LocalKinesisOptions { Port = 0, Streams = new Dictionary<string, int>() },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken);
        var sdk = await foreign.KinesisSdkAsync();
        var operations = await sdk.CallAsync("operations", null, TestContext.Current.CancellationToken);
        string[] missing = [.. operations!.AsArray()
            .Select(operation => operation!.GetValue<string>())
            .Where(operation => OperationTable.Find(operation) is null)];

        foreach (var operation in missing)
        {
            var answer = await new ChildCaller(sdk, httpVersion: "2").CallAsync(
                server.Endpoint, operation, new JsonObject { ["StreamName"] = "any" }, TestContext.Current.CancellationToken);

            Assert.Equal("UnknownOperationException", answer["error"]?["code"]?.GetValue<string>());
            Assert.Equal(400, answer["error"]!["status"]!.GetValue<int>());
            Assert.Contains(operation, answer["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
            foreign.Cases.Add("missing operations");
        }
    }
}
