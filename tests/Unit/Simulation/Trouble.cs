using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;

namespace DataProcessor.Unit.Simulation;

/// <summary>Does to the cluster and the stream what the scenario says.</summary>
internal sealed class Trouble(SimulatedWorld world, SimulatedApplication application)
{
    private const int MostNapMs = 12_000;

    public async Task DisturbAsync()
    {
        for (var i = 0; i < world.Scenario.Troubles; i++)
        {
            await world.PassUpTo(world.Scenario.MostCalmMs);
            var readers = application.Running.Where(reader => !reader.Silo.Process.IsDead).ToArray();
            if (readers.Length == 0)
            {
                continue;
            }

            var reader = readers[world.Random.Next(readers.Length)];
            switch (world.Scenario.IsCalm ? 0 : world.Random.Next(9))
            {
                case 0 or 1:
                    await application.MoveAsync(reader);
                    break;
                case 2 or 3 or 4:
                    await CrashAsync(reader.Silo);
                    break;
                case 5:
                    await NapAsync(reader.Silo);
                    break;
                case 6:
                    await DeleteLeaseAsync(reader.Shard);
                    break;
                case 7:
                    application.StartSecond(reader);
                    break;
                default:
                    application.Forget();
                    break;
            }
        }
    }

    public async Task ReshardAsync()
    {
        for (var i = 0; i < world.Scenario.Reshards; i++)
        {
            await world.PassUpTo(world.Scenario.MostCalmMs);
            var open = (await world.MapAsync()).Open;
            try
            {
                await (open.Length > 1 && world.Happens(0.5) ? MergeAsync(open) : SplitAsync(open));
            }
            catch (KinesisException)
            {
                // Perhaps it is done all the same; what is done, the service counts.
            }
        }
    }

    private ValueTask SplitAsync(Shard[] open)
    {
        var shard = open[world.Random.Next(open.Length)];
        var width = shard.Range.End.Value - shard.Range.Start.Value;
        var border = shard.Range.Start.Value + (width / 16 * (UInt128)world.Random.Next(1, 16));
        return world.Client.SplitShardAsync(SimulatedWorld.StreamName, shard.Id, new HashKey(border).ToString(), CancellationToken.None);
    }

    private ValueTask MergeAsync(Shard[] open)
    {
        var lower = world.Random.Next(open.Length - 1);
        return world.Client.MergeShardsAsync(SimulatedWorld.StreamName, open[lower].Id, open[lower + 1].Id, CancellationToken.None);
    }

    private async Task CrashAsync(SimulatedSilo silo)
    {
        world.Totals[Seen.Crashes]++;
        world.History.Add(new Noted($"{silo.Name} crashes"));
        silo.Process.KillAfter(world.Random.Next(100));
        await world.PassUpTo(1000);
        silo.Process.KillAfter(0); // It had nothing to do.
        world.Watch(application.LoseAsync(silo));
    }

    /// <summary>As an operator does by mistake.</summary>
    private async Task DeleteLeaseAsync(Shard shard)
    {
        world.Totals[Seen.LeasesDeleted]++;
        world.History.Add(new LeaseDeleted(shard.Id));
        var key = world.Scenario.Reader.LeaseKeys == LeaseKeys.SingleStream ? shard.Id : world.Stream.LeaseKey(shard.Id);
        await world.Leases.DeleteIfAsync(
            new(SimulatedWorld.Application, LeaseAttributes.Key), key, WriteCondition.None, CancellationToken.None);
    }

    /// <summary>Long enough, it is given up meanwhile, and wakes as the owner of what others have taken.</summary>
    private async Task NapAsync(SimulatedSilo silo)
    {
        world.Totals[Seen.Naps]++;
        world.History.Add(new Noted($"{silo.Name} falls asleep"));
        silo.Process.Sleep();
        if (world.Happens(0.8))
        {
            world.Watch(application.LoseAsync(silo));
        }

        await world.PassUpTo(MostNapMs);
        world.History.Add(new Noted($"{silo.Name} wakes"));
        silo.Process.Wake();
    }
}
