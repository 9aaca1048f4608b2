using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Processes;

/// <summary>All processes of a system at one moment.</summary>
/// <param name="At">Timestamp.</param>
/// <param name="Silos">All together.</param>
/// <param name="Kinesis">Its process.</param>
/// <param name="Generator">Its process.</param>
/// <param name="Counts">What the embedded Kinesis has counted.</param>
/// <param name="Reports">One of each silo.</param>
internal sealed record Snapshot(
    long At, ProcessUsage Silos, ProcessUsage Kinesis, ProcessUsage Generator, KinesisCounts Counts, HostReport[] Reports);
