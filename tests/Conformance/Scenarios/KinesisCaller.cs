using System.Text.Json.Nodes;

namespace DataProcessor.Conformance.Scenarios;

/// <summary>A foreign client.</summary>
internal abstract class KinesisCaller
{
    /// <returns><c>{"output": …}</c> or <c>{"error": {"code": …, "status": …}}</c>.</returns>
    public abstract Task<JsonNode> CallAsync(Uri endpoint, string operation, JsonObject input, CancellationToken cancellationToken);

    /// <summary>Runs a scenario on a stream that is there, and returns what is seen.</summary>
    public async Task<string> RunAsync(Scenario scenario, Uri endpoint, string stream, CancellationToken cancellationToken)
    {
        var view = new ScenarioView(stream);
        foreach (var step in scenario.Steps)
        {
            var input = step.Input
                .Replace("{stream}", stream, StringComparison.Ordinal)
                .Replace("{iterator}", view.Iterator, StringComparison.Ordinal)
                .Replace("{token}", view.Token, StringComparison.Ordinal)
                .Replace("{sequence}", view.Sequence, StringComparison.Ordinal);
            view.Add(step.Operation, await CallAsync(endpoint, step.Operation, JsonNode.Parse(input)!.AsObject(), cancellationToken));
        }

        return view.ToString();
    }
}
