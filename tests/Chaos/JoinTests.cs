using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace DataProcessor.Chaos;

/// <summary>A second silo, a real process, joins under load and leaves by SIGTERM.</summary>
public sealed partial class JoinTests(ITestOutputHelper output)
{
    private const string Stream = "data-processing-stream";
    private const int Shards = 6;

    /// <summary>Records that are acknowledged before, between and after the silo comes and goes.</summary>
    private const int RecordsAPhase = 4_000;

    /// <summary>An upper bound for machines that are slow; a run takes about 20 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_silo_joins_and_leaves_under_load_without_a_loss_or_a_duplicate()
    {
        var (started, balanced) = (TimeSpan.Zero, TimeSpan.Zero);
        int[] joined = [], remaining = [];
        var run = await RunAsync(Shards, _ => Task.CompletedTask, async (system, cancel) =>
        {
            var joining = Stopwatch.StartNew();
            await system.JoinSiloAsync(cancel);
            started = joining.Elapsed;
            joined = await ShardsPerSiloAsync(system, silos: 2, cancel);
            balanced = joining.Elapsed;
        }, async (system, cancel) => remaining = await ShardsPerSiloAsync(system, silos: 1, cancel));

        output.WriteLine($"{run}; joined: started after {started.TotalSeconds:F1} s, shards {string.Join('+', joined)} after {balanced.TotalSeconds:F1} s");
        run.AssertNothingLostOrTwice();
        Assert.Equal([Shards / 2, Shards / 2], joined);
        Assert.Equal([Shards], remaining);
        Assert.InRange(balanced - started, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.All(run.Handled, count => Assert.True(count > RecordsAPhase / 10, $"One silo handled only {count} records."));
        Assert.True(run.RecordsPerSecond >= 500, $"Only {run.RecordsPerSecond:F0} acknowledged records/s.");
    }

    [Fact]
    public async Task A_silo_that_leaves_moves_its_producers_with_the_puts_that_wait()
    {
        // Joins before there is a producer: Orleans places them by the silos' load; of 24 some come to the second.
        var run = await RunAsync(shards: 24, system => system.JoinSiloAsync(TestContext.Current.CancellationToken), NoMore, NoMore);

        output.WriteLine($"{run}");
        run.AssertNothingLostOrTwice();
        Assert.True(run.ProducersMoved > 0, "No producer was on the silo that left.");

        static Task NoMore(SystemUnderTest system, CancellationToken cancel) => Task.CompletedTask;
    }

    /// <summary>One phase of load, what comes in its middle, another phase, the second silo's leaving, and a last phase.</summary>
    private static async Task<Run> RunAsync(
        int shards,
        Func<SystemUnderTest, Task> before,
        Func<SystemUnderTest, CancellationToken, Task> inTheMiddle,
        Func<SystemUnderTest, CancellationToken, Task> afterLeaving)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await using var system = await SystemUnderTest.StartAsync(shards, plant: "", patience.Token);
        await before(system);
        using var load = new Load(system, acknowledgeBeforePut: false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
        var clock = Stopwatch.StartNew();
        var clients = load.RunAsync(stop.Token);
        try
        {
            await ProgressAsync(load, patience.Token);
            await inTheMiddle(system, patience.Token);
            await ProgressAsync(load, patience.Token);
            var leaving = Stopwatch.StartNew();
            var exitCode = await system.LeaveSiloAsync(patience.Token);
            var left = leaving.Elapsed;
            await afterLeaving(system, patience.Token);
            await ProgressAsync(load, patience.Token);
            await stop.CancelAsync();
            await clients;
            var rate = load.Acknowledged.Count / clock.Elapsed.TotalSeconds;

            var (checker, handled) = await ConcludeAsync(system, load, patience.Token);
            var moved = ProducersMoved().Match(system.Output) is { Success: true } line ? int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : -1;
            return new(checker, load.Sent, load.Acknowledged.Count, load.LostAnswers, rate, left, exitCode, moved, handled);
        }
        catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException($"{e.Message}\n{system.Output}", e);
        }
    }

    private static Task ProgressAsync(Load load, CancellationToken cancellationToken)
    {
        var due = load.Acknowledged.Count + RecordsAPhase;
        return Wait.UntilAsync(() => load.Acknowledged.Count >= due, cancellationToken);
    }

    /// <summary>Shards of each silo as <c>GET /streams/{stream}</c> shows them, once it shows so many silos with equal numbers.</summary>
    private static async Task<int[]> ShardsPerSiloAsync(SystemUnderTest system, int silos, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var stream = JsonNode.Parse(await http.GetStringAsync(new Uri(system.Admin, $"/streams/{Stream}"), cancellationToken))!;
            var reading = stream["shards"]!.AsArray().Where(shard => (string?)shard!["state"] == "Reading");
            int[] counts = [.. reading.GroupBy(shard => (string?)shard!["silo"]).Select(silo => silo.Count())];
            if (counts.Length == silos && counts.All(count => count == Shards / silos))
            {
                return counts;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static async Task<(Checker Checker, int[] Handled)> ConcludeAsync(SystemUnderTest system, Load load, CancellationToken cancellationToken)
    {
        var stream = await StreamWitness.ReadAsync(system.Kinesis, Stream, cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        List<Handled>[] processed;
        do
        {
            // Once more after the last record, for what should not come.
            processed = EvidenceFiles.Read(system.EvidenceFolder, system.SiloIds);
            await timer.WaitForNextTickAsync(cancellationToken);
        }
        while (processed.Sum(silo => silo.Count) < stream.Count);
        processed = EvidenceFiles.Read(system.EvidenceFolder, system.SiloIds);

        // A shard goes from the first silo to the second and back, so only the time tells what was handled before what.
        var inOrder = processed.SelectMany(silo => silo).OrderBy(handled => handled.At).Select(handled => handled.Record);
        return (Checker.Check(new([.. load.Acknowledged], stream, [.. inOrder])), [.. processed.Select(silo => silo.Count)]);
    }

    [GeneratedRegex(@"All shards and (\d+) producers moved")]
    private static partial Regex ProducersMoved();

    private sealed record Run(
        Checker Checker, int Sent, int Acknowledged, int LostAnswers, double RecordsPerSecond, TimeSpan Left, int ExitCode, int ProducersMoved, int[] Handled)
    {
        public void AssertNothingLostOrTwice()
        {
            Assert.Empty(Checker.Breaches.Take(10));
            Assert.Equal(0, Checker.Duplicates);
            Assert.Equal(0, Checker.Unacknowledged);
            Assert.Equal(0, LostAnswers);
            Assert.Equal(Sent, Acknowledged);
            Assert.Equal(0, ExitCode);
            Assert.InRange(Left, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        }

        public override string ToString() =>
            $"{Sent} sent, {Acknowledged} acknowledged, {RecordsPerSecond:F0}/s, {LostAnswers} posts without an answer; left in {Left.TotalSeconds:F1} s with " +
            $"{ProducersMoved} producers; handled by first/second silo: {string.Join('/', Handled)}; {Checker.Duplicates} duplicates, " +
            $"{Checker.Breaches.Count} breaches, {Checker.Unacknowledged} unacknowledged";
    }
}
