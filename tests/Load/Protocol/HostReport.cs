namespace DataProcessor.Load.Protocol;

/// <summary>What a silo's process says of itself, since its start.</summary>
/// <param name="Records">User records that the processor got.</param>
/// <param name="Checksum">Sum of their <see cref="NumberedPayload.Checksum"/>.</param>
/// <param name="OutOfOrder">Records that came after a later one of their key, or again.</param>
/// <param name="Damaged">Records whose check failed.</param>
/// <param name="AllocatedBytes">On the managed heap.</param>
/// <param name="Gen0">Collections of generation 0, those of higher ones included; likewise the others.</param>
/// <param name="PauseMs">All threads stood still for collections.</param>
/// <param name="Latency">From when a record was to be posted to the processor, since the latest reset.</param>
internal sealed record HostReport(
    long Records,
    long Checksum,
    long OutOfOrder,
    long Damaged,
    long AllocatedBytes,
    int Gen0,
    int Gen1,
    int Gen2,
    double PauseMs,
    Percentiles Latency)
{
    public const string Ask = "report";
    public const string AskAndReset = "reset";
}
