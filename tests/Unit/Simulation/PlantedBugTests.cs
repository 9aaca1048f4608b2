using DataProcessor.Unit.Simulation.Checkers;
using Xunit;

namespace DataProcessor.Unit.Simulation;

/// <summary>Each checker catches what it is there for.</summary>
[Collection(nameof(Simulation))]
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    private const int MostRuns = 50;

    [Theory]
    [InlineData(typeof(SkippedRecord), typeof(DeliveryChecker))]
    [InlineData(typeof(LastRecordFirst), typeof(KeyOrderChecker))]
    [InlineData(typeof(SkippedRecord), typeof(ReplayChecker))]
    [InlineData(typeof(ChildBeforeParent), typeof(LineageChecker))]
    [InlineData(typeof(CheckpointAhead), typeof(ProgressChecker))]
    [InlineData(typeof(CheckpointGoesBack), typeof(ProgressChecker))]
    [InlineData(typeof(UnconditionalWrites), typeof(OwnerChecker))]
    [InlineData(typeof(SharedOwnerName), typeof(OwnerChecker))]
    [InlineData(typeof(CheckpointGoesBack), typeof(OnceChecker))]
    public void A_planted_bug_is_caught(Type bug, Type checker)
    {
        for (var seed = 1; seed <= MostRuns; seed++)
        {
            var run = SimulatedRun.Of(seed, (PlantedBug)Activator.CreateInstance(bug)!);
            if (run.Breaches.FirstOrDefault(breach => breach.StartsWith(checker.Name, StringComparison.Ordinal)) is { } caught)
            {
                output.WriteLine($"{bug.Name} in run {seed}: {caught}");
                return;
            }
        }

        Assert.Fail($"{checker.Name} does not notice {bug.Name} in {MostRuns} runs.");
    }
}
