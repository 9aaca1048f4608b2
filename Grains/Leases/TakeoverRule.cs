namespace DataProcessor.Grains.Leases;

/// <summary>What is done with a lease that has a foreign owner: KCL, above all.</summary>
public enum TakeoverRule
{
    /// <summary>It is taken once its counter stands still: its owner is dead. While the counter moves it is left alone.</summary>
    WhenQuiet,

    /// <summary>It is taken at once. Two consumers that both do so take it from each other for ever.</summary>
    Force,
}
