namespace DataProcessor.Grains.Reading;

/// <summary>Why a subscription ended.</summary>
internal enum SubscriptionEnd
{
    /// <summary>Its 5 minutes were over.</summary>
    Renewal,

    /// <summary>Nothing came for <see cref="FanOutRules.StallTimeout"/>.</summary>
    Stall,

    /// <summary>Another subscription of the consumer to the shard has taken its place.</summary>
    Takeover,

    /// <summary>The connection was lost, or the service ended it early without a reason.</summary>
    Drop,

    /// <summary>The service named an error of its own.</summary>
    Error,
}
