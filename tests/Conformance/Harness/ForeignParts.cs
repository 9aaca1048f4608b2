using System.Collections.Concurrent;
using DataProcessor.Conformance.Harness;

[assembly: AssemblyFixture(typeof(ForeignParts))]

namespace DataProcessor.Conformance.Harness;

/// <summary>The foreign implementations that the suites share: each started when first asked for, all stopped at the end.</summary>
public sealed class ForeignParts : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ForeignProcess>>> _started = new();

    public CaseCount Cases { get; } = new();

    /// <summary>npm's <c>@smithy/signature-v4</c>.</summary>
    internal Task<ForeignProcess> SignerAsync() => NodeAsync("signer.mjs");

    /// <summary>npm's <c>cbor</c>.</summary>
    internal Task<ForeignProcess> CborAsync() => NodeAsync("cbor.mjs");

    /// <summary>npm's <c>aws-kinesis-agg</c>.</summary>
    internal Task<ForeignProcess> AggregatorAsync() => NodeAsync("aggregator.mjs");

    /// <summary>npm's <c>@apidevtools/swagger-parser</c>.</summary>
    internal Task<ForeignProcess> OpenApiAsync() => NodeAsync("openapi.mjs");

    /// <summary>npm's <c>@aws-sdk/client-kinesis</c>.</summary>
    internal Task<ForeignProcess> KinesisSdkAsync() => NodeAsync("kinesis-sdk.mjs");

    internal Task<ForeignProcess> Boto3Async()
    {
        var python = Prerequisite.Boto3();
        return StartOnceAsync("kinesis_boto3.py", python, "kinesis_boto3.py");
    }

    internal Task<Uri> KinesisLocalAsync() => ServerAsync("kinesis-local.cjs");

    internal Task<Uri> KinesaliteAsync() => ServerAsync("kinesalite.cjs");

    internal Task<Uri> DynamoDbLocalAsync()
    {
        Prerequisite.Java();
        return ServerAsync("dynamodb-local.mjs");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var started in _started.Values)
        {
            if (started.Value.IsCompletedSuccessfully)
            {
                await (await started.Value).DisposeAsync();
            }
        }
    }

    private async Task<Uri> ServerAsync(string script)
    {
        var server = await NodeAsync(script);
        return new Uri($"http://127.0.0.1:{server.Ready["port"]!.GetValue<int>()}");
    }

    private Task<ForeignProcess> NodeAsync(string script)
    {
        Prerequisite.Node();
        return StartOnceAsync(script, "node", script);
    }

    private Task<ForeignProcess> StartOnceAsync(string name, string command, params string[] arguments) => _started.GetOrAdd(
        name,
        _ => new Lazy<Task<ForeignProcess>>(() => ForeignProcess.StartAsync(command, arguments))).Value;
}
