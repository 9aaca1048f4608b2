using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DataProcessor.Load.Processes;
using Xunit;

namespace DataProcessor.Chaos;

/// <summary>What a processor that stands still costs the silo: the operating system's figure, of a real process.</summary>
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const string Stream = "data-processing-stream";
    private const int Shards = 5;
    private const int RecordBytes = 10_000;
    private const int WarmUpRecords = 2_000;
    private const int WaitingRecords = 20_000;
    private const int MaxGrowthMiB = 50;

    /// <summary>An upper bound for machines that are slow.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact]
    public Task A_processor_that_stands_still_before_200_MB_costs_the_silo_less_than_50_MiB() => MeasureAsync(TimeSpan.FromSeconds(5));

    /// <summary>Run by <c>dotnet run -c Release --project tests/Chaos -- -explicit only</c>.</summary>
    [Fact(Explicit = true)]
    public Task A_processor_that_stands_still_for_a_minute_before_200_MB_costs_the_silo_less_than_50_MiB() =>
        MeasureAsync(TimeSpan.FromMinutes(1));

    private async Task MeasureAsync(TimeSpan standing)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await using var system = await SystemUnderTest.StartAsync(Shards, "stand-still", patience.Token, enforceLimits: false);
        await PutAsync(system.Kinesis, 0, WarmUpRecords, patience.Token);
        await UntilHandledAsync(system, WarmUpRecords, patience.Token);
        var before = ResidentMiB(system.SiloIds[0]);

        var standStill = Path.Combine(system.EvidenceFolder, "stand-still");
        await File.WriteAllTextAsync(standStill, "", patience.Token);
        var most = 0;
        var putting = PutAsync(system.Kinesis, WarmUpRecords, WaitingRecords, patience.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        for (var stood = TimeSpan.Zero; stood < standing; stood += putting.IsCompleted ? timer.Period : TimeSpan.Zero)
        {
            await timer.WaitForNextTickAsync(patience.Token);
            most = Math.Max(most, ResidentMiB(system.SiloIds[0]));
        }

        await putting;
        Assert.Equal(WarmUpRecords, Handled(system).Count);
        File.Delete(standStill);
        var numbers = await UntilHandledAsync(system, WarmUpRecords + WaitingRecords, patience.Token);
        output.WriteLine(
            $"resident before {before} MiB; with {WaitingRecords * (long)RecordBytes / 1_000_000} MB waiting for {standing.TotalSeconds} s at most {most} MiB");
        Assert.Equal(Enumerable.Range(0, WarmUpRecords + WaitingRecords), numbers.Order());
        Assert.InRange(most - before, int.MinValue, MaxGrowthMiB);
    }

    private static List<int> Handled(SystemUnderTest system) =>
        [.. EvidenceFiles.Read(system.EvidenceFolder, system.SiloIds).Single()
            .Select(handled => int.Parse(handled.Record.Data, CultureInfo.InvariantCulture))];

    private static async Task<List<int>> UntilHandledAsync(SystemUnderTest system, int count, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (true)
        {
            var handled = Handled(system);
            if (handled.Count >= count)
            {
                return handled;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static int ResidentMiB(int processId) => (int)(ProcessUsage.Read(processId).ResidentBytes >> 20);

    /// <summary>Straight into the stream, past the system.</summary>
    private static async Task PutAsync(Uri kinesis, int first, int count, CancellationToken cancellationToken)
    {
        using var stream = new PlainKinesis(kinesis);
        foreach (var call in Enumerable.Range(first, count).Chunk(100))
        {
            var body = new JsonObject { ["StreamName"] = Stream, ["Records"] = new JsonArray([.. call.Select(Record)]) };
            var answer = await stream.CallAsync("PutRecords", body, cancellationToken);
            Assert.Equal(0, (int?)answer["FailedRecordCount"]);
        }
    }

    private static JsonObject Record(int number) => new()
    {
        ["PartitionKey"] = $"key-{number}",
        ["Data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{number}".PadRight(RecordBytes))),
    };
}
