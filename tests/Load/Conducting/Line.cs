namespace DataProcessor.Load.Conducting;

/// <summary>One line of a table: under which terms something was measured, and what one round of it found.</summary>
/// <param name="Section">The table.</param>
/// <param name="Name">In its row, unique.</param>
/// <param name="Terms">What it states.</param>
/// <param name="Figures">What was found.</param>
internal sealed record Line(Section Section, string Name, Terms Terms, Figures Figures)
{
    /// <summary>Figures that follow from the medians of this and other lines.</summary>
    public Derivation[] Derivations { get; init; } = [];

    /// <summary>Why the figures are not to be believed: records lost, out of order or damaged, requests failed. Null if all is well.</summary>
    public string? Problem { get; init; }
}

/// <summary>A figure that is computed when all rounds are over.</summary>
/// <param name="Into">What it gives.</param>
/// <param name="Compute">From the median of a figure of a line, <c>row/line</c>; NaN where it was not measured.</param>
internal sealed record Derivation(Figure Into, Func<Func<string, Figure, double>, double> Compute)
{
    /// <summary>The floor of a line: the sum of the bare costs, and how many times as much the line takes.</summary>
    public static Derivation[] OfFloor(string line, Figure figure, params string[] bare) =>
    [
        new(Figure.Floor, median => bare.Sum(name => median(name, figure))),
        new(Figure.TimesFloor, median => median(line, figure) / bare.Sum(name => median(name, figure))),
    ];
}
