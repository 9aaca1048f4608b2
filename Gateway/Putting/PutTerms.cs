using Microsoft.Extensions.Logging;

namespace DataProcessor.Gateway.Putting;

/// <summary>What all puts of one request, or of one window of it, share.</summary>
/// <param name="Stream">Name of the stream, for logs and metrics.</param>
/// <param name="Expiry">When its records expire.</param>
/// <param name="BusyPatience">How long a put waits for a full shard once part of the request is taken.</param>
/// <param name="FirstAnswers">Whether part of the request is taken.</param>
/// <param name="Ids">Names of the puts.</param>
/// <param name="Time">The clock.</param>
/// <param name="Metrics">Where possible duplicates are counted.</param>
/// <param name="Logger">Where they are told of.</param>
internal sealed record PutTerms(
    string Stream,
    Deadline Expiry,
    TimeSpan BusyPatience,
    FirstAnswers FirstAnswers,
    PutIds Ids,
    TimeProvider Time,
    GatewayMetrics Metrics,
    ILogger Logger);
