using DataProcessor.Aws.Local.Faults;
using DataProcessor.Aws.Local.Streams;
using DataProcessor.Aws.Local.Wire.Events;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>What an operation works with.</summary>
internal sealed record OperationContext(StreamCatalog Catalog, LocalKinesisCounters Counters, FaultSwitch Faults, ILogger Logger)
{
    /// <summary>Set by an operation whose answer is a stream of events.</summary>
    public SubscriptionEvents? Events { get; set; }
}

/// <summary>Carries out one call: reads the request's members, writes those of the answer (the outer map is open).</summary>
internal delegate ValueTask Operation(OperationContext context, WireValue request, WireWriter answer);
