using DataProcessor.Load.Conducting;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Processes;

/// <summary>A phase of puts straight to the embedded Kinesis.</summary>
/// <param name="Load">What the generator found.</param>
/// <param name="Kinesis">Used by the server.</param>
/// <param name="Client">Used by the generator.</param>
/// <param name="Counts">Counted at the server.</param>
internal sealed record ClientInterval(PhaseResult Load, ProcessUsage Kinesis, ProcessUsage Client, KinesisCounts Counts)
{
    private const double Megabyte = 1e6;
    private const double MicrosPerSecond = 1e6;

    public string? Problem => Load.Failed + Load.Refused > 0 ? $"{Load.Failed + Load.Refused} calls failed ({Load.FirstFailure})" : null;

    public Figures Figures => new()
    {
        [Figure.MegabytesPerSecond] = Counts.BytesStored / Megabyte / Load.Seconds,
        [Figure.RecordsPerSecond] = Load.Acknowledged / Load.Seconds,
        [Figure.RequestsPerSecond] = Load.Requests / Load.Seconds,
        [Figure.P50] = Load.Latency.P50,
        [Figure.P99] = Load.Latency.P99,
        [Figure.KinesisCores] = Kinesis.CpuSeconds / Load.Seconds,
        [Figure.GeneratorCores] = Client.CpuSeconds / Load.Seconds,
        [Figure.LateP99] = Load.Lateness.P99,
    };

    /// <summary>With the client's CPU, as a peer of our producer.</summary>
    public Figures ClientFigures => new()
    {
        [Figure.RequestsPerSecond] = Load.Requests / Load.Seconds,
        [Figure.RecordsPerSecond] = Load.Acknowledged / Load.Seconds,
        [Figure.MicrosPerRecord] = Client.CpuSeconds * MicrosPerSecond / Load.Acknowledged,
        [Figure.RecordsPerCpuSecond] = Load.Acknowledged / Client.CpuSeconds,
        [Figure.P50] = Load.Latency.P50,
        [Figure.P99] = Load.Latency.P99,
    };

    public static async Task<ClientInterval> MeasureAsync(
        KinesisProcess kinesis, GeneratorProcess generator, LoadPhase phase, CancellationToken cancellationToken)
    {
        var (counts, server, client) = (await kinesis.CountAsync(cancellationToken), kinesis.Usage(), generator.Usage());
        var load = await generator.RunAsync(phase, cancellationToken);
        return new(load, kinesis.Usage() - server, generator.Usage() - client, await kinesis.CountAsync(cancellationToken) - counts);
    }
}
