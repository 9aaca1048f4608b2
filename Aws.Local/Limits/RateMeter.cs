namespace DataProcessor.Aws.Local.Limits;

/// <summary>
/// Measures one limit. Ask first, take after: a caller with two limits takes from neither if one of them refuses.
/// An amount above the limit is admitted alone and keeps the meter shut for as long as it is worth. Not thread-safe.
/// </summary>
internal abstract class RateMeter
{
    /// <param name="amount">Units asked for.</param>
    /// <param name="now">TimeProvider.GetTimestamp().</param>
    public abstract bool Allows(long amount, long now);

    public abstract void Take(long amount, long now);

    /// <param name="model">How to measure.</param>
    /// <param name="perSecond">The limit.</param>
    /// <param name="frequency">TimeProvider.TimestampFrequency.</param>
    public static RateMeter Create(LimitModel model, long perSecond, long frequency) => model switch
    {
        LimitModel.TokenBucket => new TokenBucket(perSecond, frequency),
        LimitModel.SlidingSecond => new SlidingSecond(perSecond, frequency),
        _ => throw new ArgumentOutOfRangeException(nameof(model), model, "Not a limit model."),
    };
}
