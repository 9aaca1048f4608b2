using System.Diagnostics;

namespace DataProcessor.Chaos;

/// <summary>
/// Kills at random moments, in random order. The next kill is due a random number of acknowledged records after the last,
/// so a schedule depends on the load's progress and not on how fast the machine is.
/// </summary>
internal sealed class Killer(SystemUnderTest system, Load load, Random random)
{
    private const int FewestRecordsBetweenKills = 3_000;
    private const int MostRecordsBetweenKills = 9_000;

    private TimeSpan _loadedTime;
    private int _loadedRecords;

    /// <summary>Records acknowledged per second while the system was not being killed and started again.</summary>
    public double RecordsPerSecond => _loadedRecords / _loadedTime.TotalSeconds;

    public async Task RunAsync(int siloKills, int kinesisKills, CancellationToken cancellationToken)
    {
        bool[] schedule = [.. Enumerable.Repeat(true, siloKills), .. Enumerable.Repeat(false, kinesisKills)];
        random.Shuffle(schedule);
        foreach (var isSilo in schedule)
        {
            await ProgressAsync(cancellationToken);
            await (isSilo ? system.KillSiloAsync(cancellationToken) : system.KillKinesisAsync(cancellationToken));
        }

        await ProgressAsync(cancellationToken);
    }

    private async Task ProgressAsync(CancellationToken cancellationToken)
    {
        var (clock, before) = (Stopwatch.StartNew(), load.Acknowledged.Count);
        var due = before + random.Next(FewestRecordsBetweenKills, MostRecordsBetweenKills);
        await Wait.UntilAsync(() => load.Acknowledged.Count >= due, cancellationToken);
        _loadedTime += clock.Elapsed;
        _loadedRecords += load.Acknowledged.Count - before;
    }
}
