namespace DataProcessor.Conformance.Harness;

/// <summary>The folder with the foreign implementations, found from where the tests were built to.</summary>
internal static class ConformanceFolder
{
    public static string Node { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var node = Path.Combine(folder.FullName, "node");
            if (File.Exists(Path.Combine(node, "package-lock.json")))
            {
                return node;
            }
        }

        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} has node/package-lock.json");
    }
}
