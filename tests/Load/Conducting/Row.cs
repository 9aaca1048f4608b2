namespace DataProcessor.Load.Conducting;

/// <summary>Something that is measured: one run of its processes gives one or more lines.</summary>
/// <param name="name">What <c>--rows</c> calls it.</param>
/// <param name="states">What it measures, in a line.</param>
internal abstract class Row(string name, string states)
{
    public string Name => name;

    public string States => states;

    /// <summary>Rows whose lines it is held against; they are run, too.</summary>
    public virtual IReadOnlyList<string> Needs => [];

    /// <summary>Runs one round on processes of its own, which end with it.</summary>
    public abstract IAsyncEnumerable<Line> RunAsync(Effort effort, CancellationToken cancellationToken);
}
