using System.Text.Json;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Processes;

/// <summary>A load generator in a process of its own.</summary>
internal sealed class GeneratorProcess : IAsyncDisposable
{
    /// <summary>A request may be answered as late as this after its phase: the gateway's RecordTtl and some.</summary>
    private const double SlowestAnswer = 40;

    private readonly ChildProcess _process;

    private GeneratorProcess(ChildProcess process, double recordsPerRequest)
    {
        _process = process;
        RecordsPerRequest = recordsPerRequest;
    }

    public double RecordsPerRequest { get; }

    public static async Task<GeneratorProcess> StartAsync(LoadPlan plan, CancellationToken cancellationToken)
    {
        var process = ChildProcess.Start(product: false, "generator", JsonSerializer.Serialize(plan, LoadJson.Default.LoadPlan));
        try
        {
            var ready = JsonSerializer.Deserialize(
                await process.ReadLineAsync(RoleLines.Ready, TimeSpan.Zero, cancellationToken), LoadJson.Default.GeneratorReady)!;
            return new(process, ready.RecordsPerRequest);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ProcessUsage Usage() => _process.Usage();

    public Task<PhaseResult> RunAsync(LoadPhase phase, CancellationToken cancellationToken) => _process.AskAsync(
        JsonSerializer.Serialize(phase, LoadJson.Default.LoadPhase),
        LoadJson.Default.PhaseResult,
        TimeSpan.FromSeconds(phase.Seconds + SlowestAnswer),
        cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
