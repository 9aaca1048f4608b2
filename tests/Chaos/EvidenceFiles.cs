namespace DataProcessor.Chaos;

/// <summary>Reads what <c>EvidenceProcessor</c> wrote, in the order of writing per shard.</summary>
internal static class EvidenceFiles
{
    /// <param name="folder">The evidence folder.</param>
    /// <param name="processIds">The silo's processes in the order of their starts.</param>
    public static List<Sighting> Read(string folder, IEnumerable<int> processIds)
    {
        var found = new List<Sighting>();
        foreach (var path in processIds.SelectMany(id => Directory.EnumerateFiles(folder, $"*.{id}.log")))
        {
            // A batch is one write, but a SIGKILL may cut it: what lies before the last line break is evidence.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            var lines = reader.ReadToEnd().Split('\n');
            found.AddRange(lines[..^1].Select(Parse));
        }

        return found;
    }

    private static Sighting Parse(string line)
    {
        var parts = line.Split(' ');
        return new(
            new(parts[0], parts[1], long.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture)), parts[3], parts[4]);
    }
}
