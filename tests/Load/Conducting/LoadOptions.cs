using System.Globalization;

namespace DataProcessor.Load.Conducting;

/// <summary>The command line of a run.</summary>
/// <param name="Rows">Names; empty runs all.</param>
/// <param name="Effort">How long.</param>
/// <param name="Output">File for the document; null writes none.</param>
/// <param name="ListOnly">Only names the rows.</param>
internal sealed record LoadOptions(IReadOnlyList<string> Rows, Effort Effort, string? Output, bool ListOnly)
{
    public const string Usage = """
        dotnet run -c Release --project tests/Load [-- options]
          --rows name,name   only these rows and what they are held against (default: all)
          --rounds N         rounds of each row; fewer than 5 are not a result (default: 5)
          --seconds S        of each measurement (default: 4)
          --out FILE         where the document goes (default: docs/performance.md for a full run, else nowhere)
          --quick            a trial of the harness: one short round, no result
          --list             names the rows
        """;

    private const string Document = "docs/performance.md";

    /// <exception cref="ArgumentException">An option is unknown, lacks its value, or has one out of its range.</exception>
    public static LoadOptions Parse(string[] args)
    {
        var (rows, rounds, seconds) = (Array.Empty<string>(), (int?)null, (double?)null);
        var (output, quick, list) = ((string?)null, false, false);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--rows":
                    rows = Value().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                    break;
                case "--rounds":
                    rounds = int.TryParse(Value(), CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 100 ? count : throw Wrong("1 to 100");
                    break;
                case "--seconds":
                    seconds = double.TryParse(Value(), CultureInfo.InvariantCulture, out var length) && length is >= 0.5 and <= 3600 ? length : throw Wrong("0.5 to 3600");
                    break;
                case "--out":
                    output = Value();
                    break;
                case "--quick":
                    quick = true;
                    break;
                case "--list":
                    list = true;
                    break;
                default:
                    throw new ArgumentException($"Unknown: {args[i]}.\n{Usage}");
            }

            string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value.\n{Usage}");

            ArgumentException Wrong(string range) => new($"{args[i - 1]} is '{args[i]}'; it must be a number from {range}.");
        }

        var effort = new Effort(rounds ?? (quick ? 1 : Effort.LeastRounds), seconds ?? (quick ? 1 : 4), quick);
        output ??= rows.Length == 0 && effort.IsResult ? Path.Combine(Repository.Root, Document) : null;
        return new(rows, effort, output, list);
    }
}
