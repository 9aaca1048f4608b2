using System.Text.Json.Nodes;
using DataProcessor.Aws.Local;
using DataProcessor.Conformance.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Conformance.Scenarios;

/// <summary>
/// The embedded Kinesis as Amazon's clients see it: the same as the foreign servers, but where these are known to be odd.
/// </summary>
public sealed class ScenarioTests(ForeignParts foreign) : IAsyncLifetime
{
    private static readonly Scenario[] All = [.. Uses.All, .. Mistakes.All];

    private LocalKinesisServer? _server;

    public static TheoryData<string> Names => new(All.Select(scenario => scenario.Name));

    public static TheoryData<string> NamesForBoto3 =>
        new(All.Where(scenario => !scenario.IsTooNewForBoto3).Select(scenario => scenario.Name));

    public static TheoryData<string> NamesForCommandLine =>
        new(All.Where(scenario => scenario.IsForCommandLine).Select(scenario => scenario.Name));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await LocalKinesisServer.StartAsync(
        new LocalKinesisOptions { Port = 0, Streams = new Dictionary<string, int>() },
        TimeProvider.System,
        NullLoggerFactory.Instance,
        Cancel);

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Amazons_JavaScript_client_sees_what_it_sees_of_kinesis_local(string name)
    {
        var scenario = Named(name);
        var sdk = await foreign.KinesisSdkAsync();
        var embedded = await RunAsync(new ChildCaller(sdk, httpVersion: "2"), scenario, _server!.Endpoint);
        var local = await RunAsync(new ChildCaller(sdk, httpVersion: "1.1"), scenario, await foreign.KinesisLocalAsync());
        var lite = await RunAsync(new ChildCaller(sdk, httpVersion: "1.1"), scenario, await foreign.KinesaliteAsync());

        foreign.Cases.Add("scenarios, JavaScript client");
        // An oddity that is gone has to leave the list.
        Assert.Equal(scenario.InKinesis ?? (scenario.OddOnes.HasFlag(OddServer.KinesisLocal) ? lite : local), embedded);
        Assert.Equal(scenario.OddOnes.HasFlag(OddServer.KinesisLocal), local != embedded);
        Assert.Equal(scenario.OddOnes.HasFlag(OddServer.Kinesalite), lite != embedded);
    }

    [Theory]
    [MemberData(nameof(NamesForBoto3))]
    public async Task Boto3_sees_what_the_JavaScript_client_sees(string name)
    {
        var boto3 = await foreign.Boto3Async();
        await CompareAsync(new ChildCaller(boto3, httpVersion: "1.1"), Named(name));
        foreign.Cases.Add("scenarios, boto3");
    }

    [Theory]
    [MemberData(nameof(NamesForCommandLine))]
    public async Task The_aws_command_sees_what_the_JavaScript_client_sees(string name)
    {
        Prerequisite.AwsCli();
        await CompareAsync(new AwsCommandCaller(), Named(name));
        foreign.Cases.Add("scenarios, aws command");
    }

    private static Scenario Named(string name) => Array.Find(All, scenario => scenario.Name == name)!;

    private async Task CompareAsync(KinesisCaller caller, Scenario scenario)
    {
        var sdk = new ChildCaller(await foreign.KinesisSdkAsync(), httpVersion: "2");
        var expected = await RunAsync(sdk, scenario, _server!.Endpoint);
        Assert.Equal(expected, await RunAsync(caller, scenario, _server.Endpoint));
    }

    private async Task<string> RunAsync(KinesisCaller caller, Scenario scenario, Uri endpoint)
    {
        var stream = $"stream-{Guid.NewGuid():N}";
        var setUp = new ChildCaller(await foreign.KinesisSdkAsync(), httpVersion: "1.1");
        var created = await setUp.CallAsync(
            endpoint, "CreateStream", new JsonObject { ["StreamName"] = stream, ["ShardCount"] = 3 }, Cancel);
        Assert.Null(created["error"]?.ToJsonString());
        for (string? status = null; status != "ACTIVE";)
        {
            var summary = await setUp.CallAsync(endpoint, "DescribeStreamSummary", new JsonObject { ["StreamName"] = stream }, Cancel);
            status = summary["output"]?["StreamDescriptionSummary"]!["StreamStatus"]!.GetValue<string>();
        }

        return await caller.RunAsync(scenario, endpoint, stream, Cancel);
    }
}
