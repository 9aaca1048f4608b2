using DataProcessor.Aws.Kinesis;
using DataProcessor.Unit.Reading;
using DataProcessor.Unit.Simulation.Checkers;

namespace DataProcessor.Unit.Simulation;

/// <summary>One run: trouble, then peace until everything that was acknowledged is processed, then the verdict.</summary>
/// <param name="Seed">Makes the same run again.</param>
/// <param name="Breaches">What is wrong; empty if nothing.</param>
/// <param name="Totals">What happened.</param>
/// <param name="History">All that the checkers know.</param>
internal sealed record SimulatedRun(int Seed, IReadOnlyList<string> Breaches, Totals Totals, History History)
{
    private const int MaxConsumers = 20;

    /// <summary>The service takes 5 a second.</summary>
    private static readonly TimeSpan BetweenRegistrations = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);
    private static readonly TimeSpan MostPeace = TimeSpan.FromMinutes(5);

    /// <summary>A put may land this late (<see cref="Aws.Local.LocalKinesisFaults.MaxLateness"/>), and a write to the store.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(4);

    public static SimulatedRun Of(int seed, PlantedBug? plant = null)
    {
        var time = new VirtualTime(seed);
        var breaches = new List<string>();
        SimulatedWorld? world = null;
        try
        {
            time.Run(
                async () =>
                {
                    world = await SimulatedWorld.StartAsync(new(seed), plant ?? PlantedBug.None, time);
                    await RunAsync(world, breaches);
                    await world.DisposeAsync();
                },
                Limit);
        }
        catch (Exception exception) when (world is not null)
        {
            breaches.Add($"ended by {exception}"); // A bug, or nothing happens any more.
        }

        return new(seed, breaches, world!.Totals, world.History);
    }

    private static async Task RunAsync(SimulatedWorld world, List<string> breaches)
    {
        await CrowdAsync(world);
        world.Hurt();
        var application = new SimulatedApplication(world);
        var reading = application.RunAsync();
        var trouble = new Trouble(world, application);
        await Task.WhenAll(ProduceAsync(world), trouble.DisturbAsync(), trouble.ReshardAsync());

        world.Heal();
        await world.Time.Pass(Afterwards);
        if (!await SettleAsync(world, application))
        {
            breaches.Add($"not done after {MostPeace} of peace");
        }

        application.Stop();
        await reading;
        world.ThrowIfWatchedFailed();
        var stream = await StreamWitness.ReadAsync(world);
        breaches.AddRange(new Evidence(world.History.Events, stream, world.Scenario.IsCalm).Breaches());
        Count(world);
    }

    private static Task ProduceAsync(SimulatedWorld world) => Task.WhenAll(world.Scenario.Producers.Select(
        (packing, i) => new SimulatedProducer(world, packing, [$"{i}-x", $"{i}-y", $"{i}-z"]).RunAsync(world.Scenario.Puts)));

    /// <summary>Others take all the consumers that the stream may have.</summary>
    private static async Task CrowdAsync(SimulatedWorld world)
    {
        if (!world.Scenario.IsCrowded)
        {
            return;
        }

        var stream = await world.Client.DescribeStreamSummaryAsync(SimulatedWorld.StreamName, CancellationToken.None);
        for (var i = 0; i < MaxConsumers; i++)
        {
            await world.Client.RegisterStreamConsumerAsync(stream.StreamArn, $"other-{i}", CancellationToken.None);
            await world.Time.Pass(BetweenRegistrations);
        }
    }

    private static async Task<bool> SettleAsync(SimulatedWorld world, SimulatedApplication application)
    {
        var end = world.Time.Clock.GetUtcNow() + MostPeace;
        while (world.History.Outstanding.Count > 0 || !application.IsSettled)
        {
            if (world.Time.Clock.GetUtcNow() > end)
            {
                return false;
            }

            await world.PassUpTo(500);
        }

        return true;
    }

    private static void Count(SimulatedWorld world)
    {
        var (totals, service) = (world.Totals, world.Counters);
        totals[world.Scenario.Reader.Reader switch
        {
            Grains.Reading.ReaderKind.FanOut => Seen.FanOutRuns,
            Grains.Reading.ReaderKind.Polling => Seen.PollingRuns,
            _ => Seen.AutoRuns,
        }]++;
        totals[Seen.CalmRuns] += world.Scenario.IsCalm ? 1 : 0;
        totals[Seen.StaleWritesRefused] += world.History.Events.OfType<LeaseWritten>().Count(
            write => write is { IsMade: false, Kind: LeaseWriteKind.Write, Before: { } before } && before.Owner != write.Writer);
        totals[Seen.LatePuts] += service.InjectedLateLandings;
        totals[Seen.Splits] += service.Splits;
        totals[Seen.Merges] += service.Merges;
        totals[Seen.Throttles] += service.InjectedCallThrottles + service.CallsThrottled + service.RecordsThrottled;
        totals[Seen.ServiceFailures] += service.InjectedFailures;
        totals[Seen.Resets] += service.InjectedResetsBefore + service.InjectedResetsAfter;
        totals[Seen.SubscriptionsDropped] += service.InjectedSubscriptionDrops;
        totals[Seen.SubscriptionsFailed] += service.InjectedSubscriptionFailures;
        totals[Seen.SubscriptionsRefused] += service.SubscriptionsRefused;
    }
}
