using System.Collections.Concurrent;

namespace DataProcessor.Conformance.Harness;

/// <summary>Comparisons with a foreign implementation, per suite: more than tests, and zero when nothing was compared.</summary>
public sealed class CaseCount
{
    private readonly ConcurrentDictionary<string, int> _suites = new();

    public bool IsEmpty => _suites.IsEmpty;

    public void Add(string suite, int cases = 1) => _suites.AddOrUpdate(suite, cases, (_, sum) => sum + cases);

    public override string ToString() =>
        string.Join('\n', _suites.OrderBy(suite => suite.Key).Select(suite => $"{suite.Key}: {suite.Value} cases"));
}
