using System.Diagnostics;
using Xunit;

namespace DataProcessor.Chaos;

/// <summary>SIGKILL of real processes under load. CHAOS_SEED replays a schedule.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const string Stream = "data-processing-stream";
    private const int Shards = 5;

    /// <summary>An upper bound for machines that are slow; a run takes about half a minute.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// What comes again after a kill was handled at most one checkpoint interval before it, and the time of a poll and of a
    /// write on a busy machine.
    /// </summary>
    private static readonly TimeSpan MaxRepeatedAge = SystemUnderTest.CheckpointInterval + TimeSpan.FromMilliseconds(750);

    [Fact]
    public async Task Three_kills_of_the_silo_and_one_of_Kinesis_lose_no_acknowledged_record()
    {
        var run = await RunAsync(plant: "", acknowledgeBeforePut: false, siloKills: 3, kinesisKills: 1);

        Assert.Empty(run.Checker.Breaches.Take(10));
        Assert.Equal(3, run.SiloKills);
        Assert.Equal(1, run.KinesisKills);
        Assert.True(run.LostAnswers > 0, "No post lost its answer: the kills missed the load.");
        Assert.True(run.RecordsPerSecond >= 1_000, $"Only {run.RecordsPerSecond:F0} acknowledged records/s.");
        Assert.All(run.Repeats, repeat => Assert.InRange(repeat.OldestAge, TimeSpan.Zero, MaxRepeatedAge));
    }

    [Fact]
    public async Task A_reader_that_checkpoints_before_it_dispatches_is_caught()
    {
        var run = await RunAsync(plant: "checkpoint-before-dispatch", acknowledgeBeforePut: false, siloKills: 1, kinesisKills: 0);

        Assert.Contains(run.Checker.Breaches, breach => breach.StartsWith("acknowledged and never processed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gateway_that_acknowledges_before_the_put_is_caught()
    {
        var run = await RunAsync(plant: "", acknowledgeBeforePut: true, siloKills: 1, kinesisKills: 0);

        Assert.All(run.Checker.Breaches, breach => Assert.StartsWith("acknowledged and not in the stream", breach, StringComparison.Ordinal));
        Assert.NotEmpty(run.Checker.Breaches);
    }

    private async Task<Run> RunAsync(string plant, bool acknowledgeBeforePut, int siloKills, int kinesisKills)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CHAOS_SEED"), out var given) ? given : Environment.TickCount;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await using var system = await SystemUnderTest.StartAsync(Shards, plant, patience.Token);
        using var load = new Load(system, acknowledgeBeforePut);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
        var clock = Stopwatch.StartNew();
        var clients = load.RunAsync(stop.Token);
        try
        {
            await new Killer(system, load, new Random(seed)).RunAsync(siloKills, kinesisKills, patience.Token);
            await stop.CancelAsync();
            await clients;
            var rate = load.Acknowledged.Count / clock.Elapsed.TotalSeconds;
            var run = await ConcludeAsync(system, load, plant.Length == 0 && !acknowledgeBeforePut, patience.Token);
            run = run with { RecordsPerSecond = rate, SiloKills = siloKills, KinesisKills = kinesisKills };
            output.WriteLine($"seed {seed}: {run}");
            return run;
        }
        catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException($"seed {seed}: {e.Message}\n{system.Output}", e);
        }
    }

    /// <summary>Reads the stream and waits until the processor has seen as much as it will see.</summary>
    private static async Task<Run> ConcludeAsync(SystemUnderTest system, Load load, bool expectAll, CancellationToken cancellationToken)
    {
        var stream = await StreamWitness.ReadAsync(system.Kinesis, Stream, cancellationToken);
        var wanted = expectAll ? stream.Count : 0;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        List<Handled>[] processed;
        int before, quiet = 0;
        do
        {
            before = EvidenceFiles.Read(system.EvidenceFolder, system.SiloIds).Sum(process => process.Count);
            await timer.WaitForNextTickAsync(cancellationToken);
            processed = EvidenceFiles.Read(system.EvidenceFolder, system.SiloIds);
            quiet = processed.Sum(process => process.Count) == before ? quiet + 1 : 0;
        }
        while ((processed.SelectMany(process => process).DistinctBy(handled => handled.Record).Count() < wanted && quiet < 20) || quiet < 2);

        var history = new History([.. load.Acknowledged], stream, [.. processed.SelectMany(process => process).Select(handled => handled.Record)]);
        return new(Checker.Check(history), load.Sent, history, load.LostAnswers) { Repeats = FindRepeats(processed, system.SiloKilledAt) };
    }

    /// <summary>Per kill of the silo: what the next processes handled again, and how long before the kill the oldest of it had been handled.</summary>
    private static Repeat[] FindRepeats(List<Handled>[] processed, List<long> killedAt)
    {
        var repeats = new Repeat[killedAt.Count];
        var last = new Dictionary<Sighting, (int Process, long At)>();
        foreach (var (process, handled) in processed.SelectMany((records, process) => records.Select(handled => (process, handled))))
        {
            if (last.TryGetValue(handled.Record, out var earlier))
            {
                var age = TimeSpan.FromMilliseconds(killedAt[earlier.Process] - earlier.At);
                var repeat = repeats[earlier.Process];
                repeats[earlier.Process] = new(repeat.Count + 1, age > repeat.OldestAge ? age : repeat.OldestAge);
            }

            last[handled.Record] = (process, handled.At);
        }

        return repeats;
    }

    private readonly record struct Repeat(int Count, TimeSpan OldestAge);

    private sealed record Run(Checker Checker, int Sent, History History, int LostAnswers)
    {
        public required Repeat[] Repeats { get; init; }

        public double RecordsPerSecond { get; init; }

        public int SiloKills { get; init; }

        public int KinesisKills { get; init; }

        public override string ToString() =>
            $"{SiloKills} silo kills, {KinesisKills} Kinesis kills; {Sent} sent, {RecordsPerSecond:F0} acknowledged/s with the time " +
            $"of the restarts; {History.Acknowledged.Count} acknowledged, {LostAnswers} posts without an answer, " +
            $"{History.Stream.Count} in the stream ({Checker.Unacknowledged} unacknowledged), {History.Processed.Count} processed; " +
            $"{Checker.Duplicates} duplicates, per silo kill {string.Join(", ", Repeats.Select(r => $"{r.Count} (handled at most {r.OldestAge.TotalMilliseconds:F0} ms before)"))}; " +
            $"{Checker.Breaches.Count} breaches";
    }
}
