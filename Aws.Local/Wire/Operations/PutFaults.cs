using DataProcessor.Aws.Local.Faults;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>Marks the entries of a put that fail on purpose.</summary>
internal static class PutFaults
{
    public static void Mark(Span<PutEntry> entries, FaultInjector? faults)
    {
        if (faults is null)
        {
            return;
        }

        foreach (ref var entry in entries)
        {
            entry.Outcome = faults.ThrottlesRecord() ? PutOutcome.ThrottledByFault : PutOutcome.Stored;
            entry.LeavesGap = faults.InvertsPut();
        }
    }
}
