namespace DataProcessor.Aws.Local;

/// <summary>How a limit of so much per second is measured.</summary>
public enum LimitModel
{
    /// <summary>A bucket of one second's worth that fills all the time: after a pause one second's worth at once.</summary>
    TokenBucket,

    /// <summary>At most the limit in any one second.</summary>
    SlidingSecond,
}
