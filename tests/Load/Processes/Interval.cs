using DataProcessor.Load.Conducting;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Processes;

/// <summary>What happened between two looks at a system.</summary>
/// <param name="Before">The first look.</param>
/// <param name="After">The second.</param>
/// <param name="Load">What the generator found in between.</param>
internal sealed record Interval(Snapshot Before, Snapshot After, PhaseResult Load)
{
    private const double MicrosPerSecond = 1e6;
    private const double PercentPerMsPerSecond = 0.1;

    /// <summary>See <see cref="Evidence.ProblemOf"/>.</summary>
    public string? Problem { get; init; }

    public double Seconds => TimeProvider.System.GetElapsedTime(Before.At, After.At).TotalSeconds;

    public ProcessUsage Silos => After.Silos - Before.Silos;

    public KinesisCounts Counts => After.Counts - Before.Counts;

    /// <summary>Of the silo's processor; of the first silo if there are several.</summary>
    public Percentiles Delivery => After.Reports[0].Latency;

    /// <summary>Everything that can be said of an interval in which so many user records were handled; the tables choose.</summary>
    public Figures FiguresPer(double records)
    {
        var counts = Counts;
        return new()
        {
            [Figure.RecordsPerSecond] = records / Load.Seconds,
            [Figure.RequestsPerSecond] = Load.Requests / Load.Seconds,
            [Figure.Requests] = Load.Requests,
            [Figure.MicrosPerRecord] = Silos.CpuSeconds * MicrosPerSecond / records,
            [Figure.RecordsPerCpuSecond] = records / Silos.CpuSeconds,
            [Figure.RequestsPerCpuSecond] = Load.Requests / Silos.CpuSeconds,
            [Figure.AllocatedPerRecord] = Sum(report => report.AllocatedBytes) / records,
            [Figure.Gen0] = Sum(report => report.Gen0),
            [Figure.Gen1] = Sum(report => report.Gen1),
            [Figure.Gen2] = Sum(report => report.Gen2),
            [Figure.PausePercent] = Sum(report => report.PauseMs) / Seconds * PercentPerMsPerSecond,
            [Figure.SiloCores] = Silos.CpuSeconds / Seconds,
            [Figure.KinesisCores] = (After.Kinesis - Before.Kinesis).CpuSeconds / Seconds,
            [Figure.GeneratorCores] = (After.Generator - Before.Generator).CpuSeconds / Seconds,
            [Figure.P50] = Load.Latency.P50,
            [Figure.P99] = Load.Latency.P99,
            [Figure.Samples] = Load.Latency.Samples,
            [Figure.LateP99] = Load.Lateness.P99,
            [Figure.RecordsPerPutCall] = records / counts.PutCalls,
            [Figure.RecordsPerKinesisRecord] = records / counts.RecordsStored,
            [Figure.CallsPerSecond] = counts.Calls / Seconds,
            [Figure.Throttles] = counts.Throttled,
            [Figure.Refused] = Load.Refused,
        };
    }

    private double Sum(Func<HostReport, double> part) =>
        After.Reports.Sum(part) - Before.Reports.Sum(part);
}
