namespace DataProcessor.Load.Conducting;

/// <summary>What all rounds of a line found.</summary>
/// <param name="Id"><c>row/line</c>.</param>
/// <param name="Line">Of the latest round.</param>
internal sealed record LineResults(string Id, Line Line)
{
    public List<Figures> Rounds { get; } = [];

    /// <summary>Of any round; the first.</summary>
    public string? Problem { get; set; }

    /// <summary>NaN if the line does not have it.</summary>
    public double Median(Figure figure)
    {
        double[] values = [.. Rounds.Where(round => round.ContainsKey(figure)).Select(round => round[figure]).Order()];
        return values.Length == 0 ? double.NaN : (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    /// <summary>Half of the difference of the largest and the smallest, as a part of the median.</summary>
    public double Spread(Figure figure)
    {
        double[] values = [.. Rounds.Where(round => round.ContainsKey(figure)).Select(round => round[figure])];
        return values.Length < 2 ? double.NaN : (values.Max() - values.Min()) / 2 / Median(figure);
    }
}

/// <summary>What a run found, line by line in the order of its first round.</summary>
internal sealed class Results
{
    private readonly Dictionary<string, LineResults> _byId = [];
    private readonly List<LineResults> _lines = [];
    private readonly List<string> _failures = [];

    public IReadOnlyList<LineResults> Lines => _lines;

    /// <summary>Rows that could not be run.</summary>
    public IReadOnlyList<string> Failures => _failures;

    public bool IsSound => _failures.Count == 0 && _lines.All(line => line.Problem is null);

    public void Add(string row, Line line)
    {
        var id = $"{row}/{line.Name}";
        if (!_byId.TryGetValue(id, out var results))
        {
            _byId[id] = results = new(id, line);
            _lines.Add(results);
        }

        results.Rounds.Add(line.Figures);
        results.Problem ??= line.Problem;
    }

    public void AddFailure(string row, Exception failure) => _failures.Add($"{row}: {failure.Message.Split('\n')[0]}");

    /// <summary>NaN if it was not measured.</summary>
    public double Median(string id, Figure figure) => _byId.GetValueOrDefault(id)?.Median(figure) ?? double.NaN;

    /// <summary>A figure of a line, measured or derived.</summary>
    public double FigureOf(LineResults line, Figure figure) =>
        line.Line.Derivations.FirstOrDefault(derivation => derivation.Into == figure) is { } derivation
            ? derivation.Compute(Median)
            : line.Median(figure);
}
