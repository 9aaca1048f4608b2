namespace DataProcessor.Unit.Simulation.Checkers;

/// <summary>Invariant 3: where nothing crashed and no outcome was unknown, no record is processed twice.</summary>
internal static class OnceChecker
{
    public static IEnumerable<string> Judge(Evidence evidence) => evidence.IsCalm
        ? evidence.Of<Processed>().CountBy(record => record.Place).Where(place => place.Value > 1)
            .Select(place => $"{place.Key} was processed {place.Value} times in a calm run")
        : [];
}
