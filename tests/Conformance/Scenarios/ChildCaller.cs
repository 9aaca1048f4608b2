using System.Text.Json.Nodes;
using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.Scenarios;

/// <summary>A client in a long-lived child.</summary>
/// <param name="child">The child.</param>
/// <param name="httpVersion">For Amazon's JavaScript client, which knows both.</param>
/// <param name="keys">What it signs with; null where nobody verifies it.</param>
internal sealed class ChildCaller(ForeignProcess child, string httpVersion, AccessKeyPair? keys = null) : KinesisCaller
{
    private readonly AccessKeyPair _keys = keys ?? AccessKeyPair.Any;

    public override async Task<JsonNode> CallAsync(
        Uri endpoint, string operation, JsonObject input, CancellationToken cancellationToken)
    {
        var call = new JsonObject
        {
            ["endpoint"] = endpoint.ToString(),
            ["http"] = httpVersion,
            ["accessKeyId"] = _keys.Id,
            ["secretAccessKey"] = _keys.Secret,
            ["operation"] = operation,
            ["input"] = input,
        };
        return (await child.CallAsync("call", call, cancellationToken))!;
    }
}
