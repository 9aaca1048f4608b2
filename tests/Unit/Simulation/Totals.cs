namespace DataProcessor.Unit.Simulation;

/// <summary>What a simulation must have seen at least once to be worth its name.</summary>
internal enum Seen
{
    RecordsAcknowledged,
    RecordsProcessedAgain,
    Misrouted,
    LatePuts,
    Splits,
    Merges,
    CalmRuns,
    Crashes,
    Naps,
    Moves,
    SecondReaders,
    ForgetfulApplications,
    LeasesDeleted,
    LeasesLost,
    StaleWritesRefused,
    StoreRefusals,
    AnswersLost,
    LateWrites,
    Throttles,
    ServiceFailures,
    Resets,
    SubscriptionsDropped,
    SubscriptionsFailed,
    SubscriptionsRefused,
    ConsumersRefused,
    ProcessorFailures,
    FanOutRuns,
    PollingRuns,
    AutoRuns,
}

/// <summary>Counts of one run, or of many.</summary>
internal sealed class Totals
{
    private readonly long[] _counts = new long[Enum.GetValues<Seen>().Length];

    public long this[Seen seen]
    {
        get => _counts[(int)seen];
        set => _counts[(int)seen] = value;
    }

    /// <summary>What never happened.</summary>
    public IEnumerable<Seen> Missing => Enum.GetValues<Seen>().Where(seen => this[seen] == 0);

    public void Add(Totals other)
    {
        foreach (var seen in Enum.GetValues<Seen>())
        {
            this[seen] += other[seen];
        }
    }

    public override string ToString() => string.Join(", ", Enum.GetValues<Seen>().Select(seen => $"{seen} {this[seen]:N0}"));
}
