using System.Text.Json;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Generator;

/// <summary>
/// <c>Load generator &lt;plan&gt;</c>: opens its connections, prints <c>ready</c>, and runs a <see cref="LoadPhase"/> for each
/// line sent to it, over the same connections.
/// </summary>
internal static class GeneratorCommand
{
    /// <summary>Of the gaps of Poisson arrivals: the same in each run.</summary>
    private const int Seed = 1;

    public static async Task<int> RunAsync(string plan)
    {
        var random = new Random(Seed);
        using var generator = await LoadGenerator.ConnectAsync(JsonSerializer.Deserialize(plan, LoadJson.Default.LoadPlan)!, CancellationToken.None);
        RoleLines.Print(RoleLines.Ready, new GeneratorReady(Environment.ProcessId, generator.RecordsPerRequest), LoadJson.Default.GeneratorReady);
        RoleLines.Serve(
            line => generator.RunAsync(JsonSerializer.Deserialize(line, LoadJson.Default.LoadPhase)!, random).GetAwaiter().GetResult(),
            LoadJson.Default.PhaseResult);
        return 0;
    }
}
