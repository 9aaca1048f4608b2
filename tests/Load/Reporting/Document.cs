using System.Globalization;
using System.Text;
using DataProcessor.Load.Conducting;

namespace DataProcessor.Load.Reporting;

/// <summary>The results as Markdown: what was done where, what the columns mean, and a table for each section.</summary>
internal sealed class Document(Effort effort, string[] arguments, Machine machine)
{
    private const double QuietCores = 0.1;

    /// <summary>Figures of which the rounds' range is shown, too.</summary>
    private static readonly Figure[] Spreads = [Figure.MicrosPerRecord, Figure.P50];

    private readonly StringBuilder _text = new();

    public string Render(Results results)
    {
        RenderHead();
        foreach (var section in Section.All)
        {
            LineResults[] lines = [.. results.Lines.Where(line => line.Line.Section == section)];
            if (lines.Length > 0)
            {
                Render(section, lines, results);
            }
        }

        RenderProblems(results);
        return _text.ToString();
    }

    private void RenderHead()
    {
        Write($"# Performance\n");
        if (!effort.IsResult)
        {
            Write($"**Not a result**: {(effort.IsQuick ? "a trial of the harness" : $"fewer than {Effort.LeastRounds} rounds")}.\n");
        }

        Write($"""
            Written by `dotnet run -c Release --project tests/Load{(arguments.Length == 0 ? "" : $" -- {string.Join(' ', arguments)}")}`,
            which measures all of it anew; [tests/Load](../tests/Load) says how.

            | | |
            |---|---|
            | commit | {machine.Commit} |
            | machine | {machine.Cores} cores of {machine.Processor}, {machine.MemoryGigabytes:F0} GiB |
            | system | {machine.System}; {machine.Runtime} |
            | begun | {machine.Date:yyyy-MM-dd HH:mm} UTC, {machine.BusyCores:F2} cores busy before{(machine.BusyCores > QuietCores ? ": **the machine was not quiet**" : "")} |
            | effort | median of {effort.Rounds} round{(effort.Rounds == 1 ? "" : "s")}; {effort.Seconds} s each (capacity {effort.CapacitySeconds} s, idle {effort.IdleSeconds} s) after {effort.WarmUpSeconds} s under the same load |

            All processes share this machine: generator, embedded Kinesis and silo compete for its cores, so CPU per record says
            more than records per second. CPU seconds are the kernel's, by process. Kinesis calls, records, bytes and throttles
            are counted at the embedded Kinesis. Each record carries a number and a checksum; the processor's records are held
            against the acknowledged ones by number, key order and checksum, and a line for which they differ says so. A *floor*
            is the sum of the bare costs, measured in the same rounds. *Limits off* takes the service's limits from the embedded
            Kinesis; our producer keeps to 1 MiB/s a shard all the same. ± is half the range of the rounds.

            """);
    }

    private void Render(Section section, LineResults[] lines, Results results)
    {
        Write($"## {section.Title}\n");
        Write($"{section.Prose}\n");
        var terms = Enumerable.Range(0, Terms.Titles.Length).Where(i => lines.Any(line => line.Line.Terms.Cells[i].Length > 0)).ToArray();
        Row([effort.IsResult ? "" : "**not a result**", .. terms.Select(i => Terms.Titles[i]), .. section.Columns.Select(column => column.Title)]);
        Row([.. Enumerable.Repeat("---", terms.Length + 1), .. section.Columns.Select(_ => "---:")]);
        foreach (var line in lines)
        {
            Row(
            [
                line.Problem is null ? line.Line.Name : $"{line.Line.Name} **(unsound)**",
                .. terms.Select(i => line.Line.Terms.Cells[i]),
                .. section.Columns.Select(column => Cell(line, column, results)),
            ]);
        }

        Write($"");
    }

    private static string Cell(LineResults line, Column column, Results results)
    {
        string[] values = [.. column.Figures.Select(figure => (figure, results.FigureOf(line, figure))).Where(pair => double.IsFinite(pair.Item2)).Select(pair => pair.figure.Render(pair.Item2))];
        var spread = line.Spread(column.Figures[0]);
        return string.Join(" / ", values)
            + (Spreads.Contains(column.Figures[0]) && double.IsFinite(spread) ? string.Create(CultureInfo.InvariantCulture, $" ±{spread:P0}") : "");
    }

    private void RenderProblems(Results results)
    {
        if (results.IsSound)
        {
            return;
        }

        Write($"## Unsound\n");
        foreach (var problem in results.Failures.Concat(results.Lines.Where(line => line.Problem is not null).Select(line => $"{line.Id}: {line.Problem}")))
        {
            Write($"- {problem.ReplaceLineEndings(" ")}");
        }
    }

    private void Row(IEnumerable<string> cells) => Write($"| {string.Join(" | ", cells)} |");

    private void Write(FormattableString text) => _text.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
