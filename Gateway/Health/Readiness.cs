using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Routing;
using DataProcessor.Gateway.Stopping;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway.Health;

/// <summary>Whether a record that is sent now would be taken.</summary>
internal sealed class Readiness(ShardMapCache maps, IOptions<GatewayOptions> options, GatewayDrain drain)
{
    /// <summary>Null when it would; else why not, always as a 503.</summary>
    public async Task<Problem?> FindProblemAsync()
    {
        if (drain.IsStopping)
        {
            return new(ProblemKind.Stopping, "This process is about to stop. Use another one.");
        }

        var lookup = await maps.AskAsync(options.Value.DefaultStream);
        return lookup.Problem is { } problem
            ? problem with { Kind = problem.Kind with { Status = ProblemKind.ClusterUnavailable.Status } }
            : null;
    }
}
