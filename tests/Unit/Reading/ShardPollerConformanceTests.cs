namespace DataProcessor.Unit.Reading;

public sealed class ShardPollerConformanceTests() : ShardPagesConformance("Polling");
