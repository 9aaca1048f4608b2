using DataProcessor.Aws.Local.Faults;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>What an operation works with.</summary>
internal sealed record OperationContext(StreamCatalog Catalog, LocalKinesisCounters Counters, FaultInjector? Faults);

/// <summary>Carries out one call: reads the request's members, writes those of the answer (the outer map is open).</summary>
internal delegate ValueTask Operation(OperationContext context, WireValue request, WireWriter answer);
