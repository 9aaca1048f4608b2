using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Processes;

/// <summary>What is started for a measurement of the product.</summary>
/// <param name="Shards">Of the stream.</param>
/// <param name="EnforceLimits">Whether the embedded Kinesis throttles as the service does.</param>
/// <param name="Processor">One of <see cref="Host.HostCommand"/>'s.</param>
/// <param name="Silos">Processes of the cluster.</param>
internal sealed record SystemShape(int Shards, bool EnforceLimits, string Processor, int Silos = 1);

/// <summary>The embedded Kinesis and the silos, each a process, and what is known of the records they were given.</summary>
internal sealed class SystemUnderLoad
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(100);

    private readonly Evidence _evidence = new();

    private SystemUnderLoad(KinesisProcess kinesis, SiloProcess[] silos)
    {
        Kinesis = kinesis;
        Silos = silos;
    }

    public KinesisProcess Kinesis { get; }

    public SiloProcess[] Silos { get; }

    public Uri[] Gateways => [.. Silos.Select(silo => silo.Gateway)];

    /// <summary>Starts it and waits until all shards are read, by all of the silos.</summary>
    public static async Task<SystemUnderLoad> StartAsync(Stage stage, SystemShape shape, CancellationToken cancellationToken)
    {
        var kinesis = await stage.StartKinesisAsync(shape.Shards, shape.EnforceLimits, cancellationToken);
        var silos = new List<SiloProcess>();
        while (silos.Count < shape.Silos)
        {
            silos.Add(await stage.StartSiloAsync(kinesis, shape.Processor, silos.FirstOrDefault(), cancellationToken));
        }

        await WaitAsync(
            async () => await silos[0].ShardsReadAsync(cancellationToken) is var read
                && read.Sum() == shape.Shards && read.Length == shape.Silos && read.Max() - read.Min() <= 1,
            $"The {shape.Silos} silos do not read all {shape.Shards} shards",
            cancellationToken);
        return new(kinesis, [.. silos]);
    }

    /// <summary>Runs a phase and waits until its records are processed, so that the figures hold all of their cost.</summary>
    public async Task<Interval> MeasureAsync(GeneratorProcess generator, LoadPhase phase, CancellationToken cancellationToken)
    {
        var before = await SnapshotAsync(generator, reset: true, cancellationToken);
        var load = await generator.RunAsync(phase, cancellationToken);
        var problem = await CheckAsync(load, partialAllowed: false, cancellationToken);
        return new(before, await SnapshotAsync(generator, reset: false, cancellationToken), load) { Problem = problem };
    }

    /// <summary>Waits until all that was acknowledged is processed; says what is wrong with it, null if nothing is.</summary>
    /// <param name="load">A phase that is over.</param>
    /// <param name="partialAllowed">See <see cref="Evidence.ProblemOf"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> CheckAsync(PhaseResult load, bool partialAllowed, CancellationToken cancellationToken)
    {
        _evidence.Add(load);
        HostReport[] reports = [];
        try
        {
            await WaitAsync(
                async () => _evidence.IsHandled(reports = await ReportAsync(reset: false, cancellationToken)), "Records are missing", cancellationToken);
        }
        catch (TimeoutException)
        {
            // The evidence says how many.
        }

        return _evidence.ProblemOf(reports, partialAllowed);
    }

    /// <summary>Looks at all processes at once.</summary>
    /// <param name="generator">Null if there is no load.</param>
    /// <param name="reset">Begin a new measurement of latencies.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Snapshot> SnapshotAsync(GeneratorProcess? generator, bool reset, CancellationToken cancellationToken)
    {
        var reports = await ReportAsync(reset, cancellationToken);
        return new(
            TimeProvider.System.GetTimestamp(),
            Silos.Select(silo => silo.Usage()).Aggregate((sum, usage) => sum + usage),
            Kinesis.Usage(),
            generator?.Usage() ?? default,
            await Kinesis.CountAsync(cancellationToken),
            reports);
    }

    private async Task<HostReport[]> ReportAsync(bool reset, CancellationToken cancellationToken)
    {
        var reports = new List<HostReport>();
        foreach (var silo in Silos)
        {
            reports.Add(await silo.ReportAsync(reset, cancellationToken));
        }

        return [.. reports];
    }

    /// <exception cref="TimeoutException">It did not become true; says what.</exception>
    public static async Task WaitAsync(Func<Task<bool>> condition, string otherwise, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"{otherwise} after {Patience.TotalSeconds:F0} s.");
            }

            await Task.Delay(CheckInterval, TimeProvider.System, cancellationToken);
        }
    }
}
