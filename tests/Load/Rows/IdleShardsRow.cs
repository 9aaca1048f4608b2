using System.Globalization;
using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Host;
using DataProcessor.Load.Processes;

namespace DataProcessor.Load.Rows;

/// <summary>What shards cost to which nobody writes.</summary>
internal sealed class IdleShardsRow() : Row("idle", "1,000 idle shards on a silo: memory, CPU, storage writes")
{
    private const double Kilobyte = 1e3;
    private const double Megabyte = 1e6;

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string One = "1 idle shard";
        yield return await MeasureAsync(One, shards: 1, effort, cancellationToken);
        var many = string.Create(CultureInfo.InvariantCulture, $"{effort.IdleShards:N0} idle shards");
        yield return await MeasureAsync(many, effort.IdleShards, effort, cancellationToken) with
        {
            Derivations =
            [
                new(Figure.Floor, median => median($"{Name}/{One}", Figure.ResidentMegabytes)),
                new(Figure.KilobytesPerShard, median =>
                    (median($"{Name}/{many}", Figure.ResidentMegabytes) - median($"{Name}/{One}", Figure.ResidentMegabytes)) * Kilobyte / (effort.IdleShards - 1)),
            ],
        };
    }

    private static async Task<Line> MeasureAsync(string name, int shards, Effort effort, CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        var began = TimeProvider.System.GetTimestamp();
        var system = await SystemUnderLoad.StartAsync(stage, new(shards, EnforceLimits: true, HostCommand.NoOp), cancellationToken);
        var started = TimeProvider.System.GetElapsedTime(began).TotalSeconds;

        // The start is over only when its checkpoints are written and its garbage is gone.
        await Task.Delay(TimeSpan.FromSeconds(effort.IdleSeconds), TimeProvider.System, cancellationToken);
        var before = await system.SnapshotAsync(generator: null, reset: false, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(effort.IdleSeconds), TimeProvider.System, cancellationToken);
        var after = await system.SnapshotAsync(generator: null, reset: false, cancellationToken);
        var seconds = TimeProvider.System.GetElapsedTime(before.At, after.At).TotalSeconds;
        var silo = after.Silos - before.Silos;
        return new(Section.Idle, name, new(Transport: "SubscribeToShard, HTTP/1.1", Silos: 1, Shards: shards, Limits: true), new()
        {
            [Figure.StartSeconds] = started,
            [Figure.ResidentMegabytes] = after.Silos.ResidentBytes / Megabyte,
            [Figure.SiloCores] = silo.CpuSeconds / seconds,
            [Figure.WrittenPerSecond] = silo.WrittenBytes / Kilobyte / seconds,
            [Figure.CallsPerSecond] = (after.Counts - before.Counts).Calls / seconds,
        });
    }
}
