using System.Diagnostics;

namespace DataProcessor.Load.Conducting;

/// <summary>The sources that this was built from.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution; the current one if this runs elsewhere.</summary>
    public static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Orleans.sln")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? Environment.CurrentDirectory;
        }
    }

    /// <summary>The commit, with a word if there are changes on top of it.</summary>
    public static async Task<string> DescribeCommitAsync(CancellationToken cancellationToken)
    {
        var commit = await GitAsync(cancellationToken, "rev-parse", "--short=12", "HEAD");
        return commit.Length == 0 ? "unknown"
            : (await GitAsync(cancellationToken, "status", "--porcelain", "--untracked-files=no")).Length == 0 ? commit
            : $"{commit} with changes";
    }

    /// <returns>Nothing if git is not there or fails.</returns>
    private static async Task<string> GitAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var output = await git.StandardOutput.ReadToEndAsync(cancellationToken);
            await git.WaitForExitAsync(cancellationToken);
            return git.ExitCode == 0 ? output.Trim() : "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }
}
