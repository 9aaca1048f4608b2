using System.Globalization;
using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Host;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>How long an acknowledged put takes, from idle to more than the machine takes.</summary>
internal sealed class PutLatencyRow() : Row("put-latency", "acknowledged-put latency, idle and at 1 … 50,000 records/s")
{
    private const int Shards = 16;
    private const int Connections = 256;
    private const double Idle = 4;

    /// <summary>So many samples a round are wanted of the slow ones.</summary>
    private const double SlowSeconds = 10;

    private static readonly double[] Rates = [1, 10, 100, 1_000, 5_000, 20_000, 50_000];

    public override IReadOnlyList<string> Needs => ["kestrel", "kinesis"];

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        var system = await SystemUnderLoad.StartAsync(stage, new(Shards, EnforceLimits: true, HostCommand.Verify), cancellationToken);
        var generator = await stage.StartGeneratorAsync(new(system.Gateways, Connections, Post: SinglePostRow.Shape), cancellationToken);
        await system.MeasureAsync(generator, new(effort.WarmUpSeconds, 5_000, IsPoisson: true), cancellationToken);
        yield return await MeasureAsync("idle", Idle, isPoisson: false);
        foreach (var rate in Rates)
        {
            yield return await MeasureAsync(string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s"), rate, isPoisson: true);
        }

        async Task<Line> MeasureAsync(string load, double rate, bool isPoisson)
        {
            var seconds = rate < 100 && !effort.IsQuick ? Math.Max(SlowSeconds, effort.Seconds) : effort.Seconds;
            var interval = await system.MeasureAsync(generator, new(seconds, rate, isPoisson), cancellationToken);
            var name = $"put, {load}";
            return new(Section.Latency, name, TermsOf(rate), interval.FiguresPer(interval.Load.Acknowledged))
            {
                Problem = interval.Problem,
                Derivations = Derivation.OfFloor($"{Name}/{name}", Figure.P50, KestrelRow.Paced, KinesisRow.OneRecord),
            };
        }
    }

    private static Terms TermsOf(double rate) => BatchPostRow.TermsOf(SinglePostRow.Shape, Connections, rate) with
    {
        Silos = 1,
        Shards = Shards,
        Aggregate = Terms.OurAggregate,
        Limits = true,
    };
}
