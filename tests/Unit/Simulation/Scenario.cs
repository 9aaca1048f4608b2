using DataProcessor.Aws.Local;
using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;

namespace DataProcessor.Unit.Simulation;

/// <summary>What a run is like, drawn from its seed.</summary>
internal sealed class Scenario
{
    public Scenario(int seed)
    {
        var random = new Random(seed);
        Seed = seed;
        IsCalm = random.Next(4) == 0;
        Shards = random.Next(1, 4);
        Silos = random.Next(2, 4);
        Producers = [.. Enumerable.Range(0, random.Next(2, 5)).Select(_ => (Packing)random.Next(4))];
        Puts = random.Next(5, 20);
        MostPauseMs = random.Next(100, 1500);
        Reshards = random.Next(0, 5);
        Troubles = random.Next(1, 9);
        MostCalmMs = random.Next(500, 5000);
        SlowRecords = random.NextDouble() * 0.5;
        EnforcesLimits = random.Next(5) > 0;
        ReshardLatency = TimeSpan.FromMilliseconds(random.Next(2) * random.Next(2000));
        Reader = new()
        {
            Reader = (ReaderKind)random.Next(3),
            LeaseKeys = random.Next(2) == 0 ? LeaseKeys.MultiStream : LeaseKeys.SingleStream,
            FanOutRetryInterval = TimeSpan.FromSeconds(5),
            IdlePollInterval = TimeSpan.FromMilliseconds(random.Next(250, 1500)),
            MaxRecordsPerRead = random.Next(2) == 0 ? 10_000 : random.Next(1, 20),
            MaxBatchRecords = random.Next(2) == 0 ? 10_000 : random.Next(1, 20),
            CheckpointInterval = TimeSpan.FromMilliseconds(random.Next(200, 5000)),
            MaxRetryBackOff = TimeSpan.FromSeconds(random.Next(1, 5)),
        };
        IsCrowded = Reader.Reader == ReaderKind.Auto && random.Next(2) == 0;
        RegistrationLatency = TimeSpan.FromMilliseconds(IsCrowded ? 0 : random.Next(2) * random.Next(3000));
        ProcessorFaults = random.Next(3) == 0 ? 0 : random.NextDouble() * 0.05;
        Service = DrawService(random, seed);
        Store = IsCalm ? StoreFaults.None with { Slow = Rate(0.05) } : new(Rate(0.15), Rate(0.15), Rate(0.1), Rate(0.05));

        double Rate(double most) => random.Next(2) * random.NextDouble() * most;
    }

    public int Seed { get; }

    /// <summary>Nothing crashes, sleeps or is started twice, and no write's outcome is unknown: each record comes once.</summary>
    public bool IsCalm { get; }

    public int Shards { get; }

    public int Silos { get; }

    public Packing[] Producers { get; }

    /// <summary>Of each producer.</summary>
    public int Puts { get; }

    /// <summary>Between a producer's puts.</summary>
    public int MostPauseMs { get; }

    public int Reshards { get; }

    public int Troubles { get; }

    /// <summary>Between two troubles, and between two reshards.</summary>
    public int MostCalmMs { get; }

    /// <summary>Share of records that the processor takes time for.</summary>
    public double SlowRecords { get; }

    public double ProcessorFaults { get; }

    public bool EnforcesLimits { get; }

    public TimeSpan ReshardLatency { get; }

    public TimeSpan RegistrationLatency { get; }

    public ReaderOptions Reader { get; }

    /// <summary>Whether others have taken all the consumers that the stream may have.</summary>
    public bool IsCrowded { get; }

    public LocalKinesisFaults Service { get; }

    public StoreFaults Store { get; }

    private static LocalKinesisFaults DrawService(Random random, int seed)
    {
        return new(seed)
        {
            ThrottleCall = Rate(0.1),
            FailBefore = Rate(0.1),
            ResetBefore = Rate(0.05),
            ResetAfter = Rate(0.05),
            Delay = Rate(0.2),
            MaxDelay = TimeSpan.FromMilliseconds(200),
            LandLate = Rate(0.05),
            DropSubscription = Rate(0.3),
            FailSubscription = Rate(0.3),
        };

        double Rate(double most) => random.Next(2) * random.NextDouble() * most;
    }
}
