using Xunit;

namespace DataProcessor.Unit.Reading;

public sealed class ShardSubscriberConformanceTests() : ShardPagesConformance("FanOut")
{
    private protected override void AssertFaultsHappened(EmbeddedStream stream)
    {
        base.AssertFaultsHappened(stream);
        Assert.InRange(stream.Service.Counters.InjectedSubscriptionDrops, 3, long.MaxValue);
        Assert.InRange(stream.Service.Counters.InjectedSubscriptionFailures, 3, long.MaxValue);
    }
}
