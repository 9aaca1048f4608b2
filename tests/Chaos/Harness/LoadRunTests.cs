using DataProcessor.Load.Conducting;
using DataProcessor.Load.Reporting;
using DataProcessor.Load.Rows;
using Xunit;

namespace DataProcessor.Chaos.Harness;

/// <summary>Keeps the load harness alive: a short run of one row, with all of its processes.</summary>
public sealed class LoadRunTests(ITestOutputHelper output)
{
    private static readonly Effort Quick = new(Rounds: 1, Seconds: 1, IsQuick: true);

    [Fact]
    public async Task A_row_starts_its_processes_measures_and_finds_every_record_again()
    {
        var run = new LoadRun(Quick, TextWriter.Null);

        var results = await run.RunAsync([new DeliveryRow()], TestContext.Current.CancellationToken);

        var document = new Document(Quick, [], await Machine.DescribeAsync(TestContext.Current.CancellationToken)).Render(results);
        output.WriteLine(document);
        Assert.True(results.IsSound);
        var line = Assert.Single(results.Lines);
        Assert.InRange(line.Median(Figure.Samples), 500, 1_500);
        Assert.InRange(line.Median(Figure.P50), 0.1, 10_000);
        Assert.InRange(line.Median(Figure.MicrosPerRecord), 1, 100_000);
        Assert.InRange(line.Median(Figure.RecordsPerPutCall), 1, 1_000);
        Assert.Contains("Not a result", document, StringComparison.Ordinal);
        Assert.Contains("| POST to processor, 1,000/s | none | JSON |", document, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_bring_along_what_they_are_held_against() => Assert.Equal(
        ["kinesis", "kestrel", "reader", "batch"], LoadRun.Choose(AllRows.Create(), ["batch"]).Select(row => row.Name));

    [Fact]
    public void Every_row_and_what_it_needs_has_a_name_of_its_own()
    {
        var rows = AllRows.Create();

        Assert.Distinct(rows.Select(row => row.Name));
        Assert.Subset(rows.Select(row => row.Name).ToHashSet(), rows.SelectMany(row => row.Needs).ToHashSet());
    }

    [Fact]
    public void A_median_and_a_floor_are_made_of_all_rounds()
    {
        var results = new Results();
        foreach (var (bare, own) in new[] { (1.0, 9.0), (3.0, 20.0), (2.0, 10.0), (2.0, 8.0), (100.0, 10.0) })
        {
            results.Add("row", LineOf("bare", bare));
            results.Add("row", LineOf("own", own) with { Derivations = Derivation.OfFloor("row/own", Figure.MicrosPerRecord, "row/bare", "row/bare") });
        }

        var line = results.Lines[1];
        Assert.Equal(10, results.FigureOf(line, Figure.MicrosPerRecord));
        Assert.Equal(4, results.FigureOf(line, Figure.Floor));
        Assert.Equal(2.5, results.FigureOf(line, Figure.TimesFloor));
        Assert.Equal(0.6, line.Spread(Figure.MicrosPerRecord), precision: 10);

        static Line LineOf(string name, double micros) =>
            new(Section.Intake, name, new(), new() { [Figure.MicrosPerRecord] = micros });
    }

    [Theory]
    [InlineData("--rows", "nothing")]
    [InlineData("--rounds", "0")]
    [InlineData("--seconds", "soon")]
    [InlineData("--out")]
    [InlineData("--whatever")]
    public async Task A_wrong_command_line_is_told(params string[] args) => await Assert.ThrowsAsync<ArgumentException>(
        () => RunCommand.RunAsync(args, TextWriter.Null, TextWriter.Null, TestContext.Current.CancellationToken));
}
