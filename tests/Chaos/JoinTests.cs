using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace DataProcessor.Chaos;

/// <summary>A second silo, a real process, joins under load and leaves by SIGTERM.</summary>
public sealed class JoinTests(ITestOutputHelper output)
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
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await using var system = await SystemUnderTest.StartAsync(Shards, plant: "", patience.Token);
        using var load = new Load(system, acknowledgeBeforePut: false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
        var clock = Stopwatch.StartNew();
        var clients = load.RunAsync(stop.Token);
        try
        {
            await ProgressAsync(load, patience.Token);
            var joining = Stopwatch.StartNew();
            await system.JoinSiloAsync(patience.Token);
            var started = joining.Elapsed;
            var joined = await ShardsPerSiloAsync(system, silos: 2, patience.Token);
            var balanced = joining.Elapsed;
            await ProgressAsync(load, patience.Token);

            var leaving = Stopwatch.StartNew();
            var exitCode = await system.LeaveSiloAsync(patience.Token);
            var left = leaving.Elapsed;
            var remaining = await ShardsPerSiloAsync(system, silos: 1, patience.Token);
            await ProgressAsync(load, patience.Token);
            await stop.CancelAsync();
            await clients;
            var rate = load.Acknowledged.Count / clock.Elapsed.TotalSeconds;

            var (checker, handled) = await ConcludeAsync(system, load, patience.Token);
            output.WriteLine(
                $"{load.Acknowledged.Count} acknowledged, {rate:F0}/s, {load.LostAnswers} posts without an answer; joined: started after " +
                $"{started.TotalSeconds:F1} s, shards {string.Join('+', joined)} after {balanced.TotalSeconds:F1} s; left in {left.TotalSeconds:F1} s; " +
                $"handled by first/second silo: {string.Join('/', handled)}; {checker.Duplicates} duplicates, {checker.Breaches.Count} breaches, " +
                $"{checker.Unacknowledged} unacknowledged");
            Assert.Empty(checker.Breaches.Take(10));
            Assert.Equal(0, checker.Duplicates);
            Assert.Equal(0, checker.Unacknowledged);
            Assert.Equal(0, load.LostAnswers);
            Assert.Equal(load.Sent, load.Acknowledged.Count);
            Assert.Equal([Shards / 2, Shards / 2], joined);
            Assert.Equal([Shards], remaining);
            Assert.InRange(balanced - started, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            Assert.InRange(left, TimeSpan.Zero, TimeSpan.FromSeconds(20));
            Assert.Equal(0, exitCode);
            Assert.All(handled, count => Assert.True(count > RecordsAPhase / 4, $"One silo handled only {count} records."));
            Assert.True(rate >= 500, $"Only {rate:F0} acknowledged records/s.");
        }
        catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException($"{e.Message}\n{system.Output}", e);
        }
    }

    private static async Task ProgressAsync(Load load, CancellationToken cancellationToken)
    {
        var due = load.Acknowledged.Count + RecordsAPhase;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (load.Acknowledged.Count < due)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
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
}
