using System.Globalization;

namespace DataProcessor.Load.Conducting;

/// <summary>Runs rows round by round, so that a disturbance of minutes hits one round of many rows and no median.</summary>
/// <param name="effort">How long.</param>
/// <param name="progress">Told what is going on.</param>
internal sealed class LoadRun(Effort effort, TextWriter progress)
{
    /// <summary>The rows that are named and those that they need, in the order of all; all if none is named.</summary>
    /// <exception cref="ArgumentException">There is no such row.</exception>
    public static IReadOnlyList<Row> Choose(IReadOnlyList<Row> all, IReadOnlyList<string> names)
    {
        var unknown = names.Except(all.Select(row => row.Name)).ToArray();
        if (unknown.Length > 0)
        {
            throw new ArgumentException($"There is no row {string.Join(", ", unknown)}. Rows: {string.Join(", ", all.Select(row => row.Name))}.");
        }

        var chosen = all.Where(row => names.Count == 0 || names.Contains(row.Name)).ToArray();
        return [.. all.Where(row => chosen.Contains(row) || chosen.Any(other => other.Needs.Contains(row.Name)))];
    }

    /// <summary>A row that fails is told of and does not stop the others.</summary>
    public async Task<Results> RunAsync(IReadOnlyList<Row> rows, CancellationToken cancellationToken)
    {
        var results = new Results();
        for (var round = 1; round <= effort.Rounds; round++)
        {
            foreach (var row in rows)
            {
                await RunAsync(row, round, results, cancellationToken);
            }
        }

        return results;
    }

    private async Task RunAsync(Row row, int round, Results results, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            await foreach (var line in row.RunAsync(effort, cancellationToken))
            {
                results.Add(row.Name, line);
                if (line.Problem is { } problem)
                {
                    await TellAsync($"round {round}: {row.Name}: {line.Name}: {problem}");
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            results.AddFailure(row.Name, e);
            await TellAsync($"round {round}: {row.Name}: {e}");
        }

        await TellAsync($"round {round} of {effort.Rounds}: {row.Name}: {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s");
    }

    private Task TellAsync(FormattableString text) => progress.WriteLineAsync(text.ToString(CultureInfo.InvariantCulture));
}
