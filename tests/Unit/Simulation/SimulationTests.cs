using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Xunit;

namespace DataProcessor.Unit.Simulation;

/// <summary>
/// The consumer's engines in virtual time, on one thread a run, against the embedded Kinesis and the real store; what goes
/// wrong follows from the seed. <c>SIM_SEED=123</c> replays one run and prints its history, <c>SIM_SEEDS=100000</c> makes
/// more of them.
/// </summary>
[Collection(nameof(Simulation))]
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Runs = 1000;
    private const int MostFailures = 3;
    private const string Replay =
        "Replay: SIM_SEED=… dotnet run -c Release --project tests/Unit -- -class '*." + nameof(SimulationTests) + "'";

    [Fact]
    public void Whatever_goes_wrong_every_promise_of_reading_is_kept()
    {
        var replayed = Setting("SIM_SEED");
        var runs = replayed is null ? Setting("SIM_SEEDS") ?? Runs : 1;
        var first = replayed ?? RandomNumberGenerator.GetInt32(int.MaxValue / 2);
        var (totals, failed) = (new Totals(), new ConcurrentQueue<string>());
        var watch = Stopwatch.StartNew();
        Parallel.For(first, first + runs, new() { MaxDegreeOfParallelism = 2 }, (seed, loop) =>
        {
            var run = SimulatedRun.Of(seed);
            if (replayed is not null)
            {
                output.WriteLine(string.Join('\n', run.History.Lines()));
            }

            if (run.Breaches.Count > 0)
            {
                failed.Enqueue($"SIM_SEED={seed} breaks {run.Breaches.Count} promises:\n  {string.Join("\n  ", run.Breaches.Take(5))}");
                if (failed.Count >= MostFailures)
                {
                    loop.Stop();
                }
            }

            lock (totals)
            {
                totals.Add(run.Totals);
            }
        });

        output.WriteLine($"{runs} runs from seed {first} in {watch.Elapsed.TotalSeconds:F1} s: {totals}");
        Assert.True(failed.IsEmpty, $"{string.Join('\n', failed)}\n{Replay}");
        Assert.True(runs < Runs || !totals.Missing.Any(), $"Never happened: {string.Join(", ", totals.Missing)}");
    }

    [Fact]
    public void The_same_seed_makes_the_same_history()
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            Assert.Equal(SimulatedRun.Of(seed).History.Hash(), SimulatedRun.Of(seed).History.Hash());
        }
    }

    private static int? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : null;
}

/// <summary>Two cores to itself: other tests are about real time.</summary>
[CollectionDefinition(nameof(Simulation), DisableParallelization = true)]
public sealed class SimulationCollection;
