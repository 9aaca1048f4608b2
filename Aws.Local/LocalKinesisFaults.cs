using System.ComponentModel.DataAnnotations;

namespace DataProcessor.Aws.Local;

/// <summary>
/// Failures that <see cref="LocalKinesisServer"/> injects. Rates are probabilities, 0–1, default 0; the decisions follow
/// from the seed and the order of the calls. What happened is counted in <see cref="LocalKinesisCounters"/>.
/// </summary>
/// <param name="Seed">Of the decisions.</param>
public sealed record LocalKinesisFaults(int Seed)
{
    /// <summary>A record of a put is throttled.</summary>
    [Range(0d, 1d)]
    public double ThrottleRecord { get; init; }

    /// <summary>The whole call is throttled.</summary>
    [Range(0d, 1d)]
    public double ThrottleCall { get; init; }

    /// <summary>The call answers 500 and has done nothing.</summary>
    [Range(0d, 1d)]
    public double FailBefore { get; init; }

    /// <summary>The connection is reset and the call has done nothing.</summary>
    [Range(0d, 1d)]
    public double ResetBefore { get; init; }

    /// <summary>The call has done its work, and the connection is reset instead of an answer.</summary>
    [Range(0d, 1d)]
    public double ResetAfter { get; init; }

    /// <summary>The call waits before it does its work.</summary>
    [Range(0d, 1d)]
    public double Delay { get; init; }

    /// <summary>Longest wait of <see cref="Delay"/>, drawn evenly. Default 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Operations that fail, e.g. PutRecords; null: all.</summary>
    public IReadOnlySet<string>? Operations { get; init; }
}
