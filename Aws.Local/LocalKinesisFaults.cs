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

    /// <summary>
    /// The connection of a put is reset at once, and its records land later: behind those of a repetition, perhaps.
    /// </summary>
    [Range(0d, 1d)]
    public double LandLate { get; init; }

    /// <summary>Longest time until a put of <see cref="LandLate"/> lands, drawn evenly. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan MaxLateness { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The next put to the shard, if it comes within half a second, gets a lower sequence number than this one, though this
    /// one was acknowledged first; not if it asks for order by SequenceNumberForOrdering.
    /// </summary>
    [Range(0d, 1d)]
    public double InvertPuts { get; init; }

    /// <summary>A subscription's connection is reset in place of an event.</summary>
    [Range(0d, 1d)]
    public double DropSubscription { get; init; }

    /// <summary>A subscription ends with an exception in place of an event.</summary>
    [Range(0d, 1d)]
    public double FailSubscription { get; init; }

    /// <summary>Operations that fail, e.g. PutRecords; null: all.</summary>
    public IReadOnlySet<string>? Operations { get; init; }
}
