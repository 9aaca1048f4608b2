using System.Text.Json.Nodes;
using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.Scenarios;

/// <summary>A client in a long-lived child.</summary>
/// <param name="child">The child.</param>
/// <param name="httpVersion">For Amazon's JavaScript client, which knows both.</param>
internal sealed class ChildCaller(ForeignProcess child, string httpVersion) : KinesisCaller
{
    public override async Task<JsonNode> CallAsync(
        Uri endpoint, string operation, JsonObject input, CancellationToken cancellationToken)
    {
        var call = new JsonObject
        {
            ["endpoint"] = endpoint.ToString(),
            ["http"] = httpVersion,
            ["operation"] = operation,
            ["input"] = input,
        };
        return (await child.CallAsync("call", call, cancellationToken))!;
    }
}
