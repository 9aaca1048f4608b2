namespace DataProcessor.Unit.AwsLocal;

/// <summary>A folder of the test's own.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("local-kinesis-").FullName;

    public string Sub(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>
    /// What another process would find if this one were killed now: the bytes that the operating system has.
    /// </summary>
    public string CopyOf(string folder, string name)
    {
        var target = Sub(name);
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var copy = System.IO.Path.Combine(target, System.IO.Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            if (System.IO.Path.GetFileName(file) != "lock")
            {
                File.Copy(file, copy);
            }
        }

        return target;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
