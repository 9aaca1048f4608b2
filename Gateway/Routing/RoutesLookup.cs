using DataProcessor.Gateway.Answering;

namespace DataProcessor.Gateway.Routing;

/// <summary>A stream's routes, or why there are none.</summary>
internal readonly record struct RoutesLookup(StreamRoutes? Routes, Problem? Problem)
{
    /// <summary>Asking again soon may help: the stream is not known to be missing.</summary>
    public bool IsOutage => Problem?.Kind == ProblemKind.ClusterUnavailable;
}
