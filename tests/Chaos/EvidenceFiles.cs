using System.Globalization;

namespace DataProcessor.Chaos;

/// <summary>A record that the processor handled, and when: ms since the machine's start.</summary>
internal readonly record struct Handled(Sighting Record, long At);

/// <summary>Reads what <c>EvidenceProcessor</c> wrote, in the order of writing per shard.</summary>
internal static class EvidenceFiles
{
    /// <param name="folder">The evidence folder.</param>
    /// <param name="processIds">The silo's processes in the order of their starts.</param>
    /// <returns>What each process handled.</returns>
    public static List<Handled>[] Read(string folder, IEnumerable<int> processIds) =>
        [.. processIds.Select(id => Read(Directory.EnumerateFiles(folder, $"*.{id}.log")))];

    private static List<Handled> Read(IEnumerable<string> paths)
    {
        var found = new List<Handled>();
        foreach (var path in paths)
        {
            // A batch is one write, but a SIGKILL may cut it: what lies before the last line break is evidence.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            var lines = reader.ReadToEnd().Split('\n');
            found.AddRange(lines[..^1].Select(Parse));
        }

        return found;
    }

    private static Handled Parse(string line)
    {
        var parts = line.Split(' ');
        return new(
            new(new(parts[0], parts[1], long.Parse(parts[2], CultureInfo.InvariantCulture)), parts[3], parts[4]),
            long.Parse(parts[5], CultureInfo.InvariantCulture));
    }
}
