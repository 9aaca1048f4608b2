namespace DataProcessor.Aws.Local.Storage;

/// <summary>Keeps a second process out of a data folder. The operating system holds it, so it ends with the process.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _held;

    private FolderLock(FileStream held) => _held = held;

    /// <summary>Creates the folder if need be; throws IOException if another one holds it.</summary>
    public static FolderLock Acquire(string folder)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "lock");
        try
        {
            return new FolderLock(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new IOException(
                $"The data folder {folder} is in use by another process (its lock file {file} is held). "
                + "Stop that process, or configure another data folder.", e);
        }
    }

    public void Dispose() => _held.Dispose();
}
