using System.Globalization;
using System.Runtime.InteropServices;
using DataProcessor.Load.Conducting;

namespace DataProcessor.Load.Reporting;

/// <summary>Where and when a run was made; read before it begins.</summary>
/// <param name="OtherLoad">Processes that wanted a core in the minute before.</param>
internal sealed record Machine(
    string Commit, string Processor, int Cores, double MemoryGigabytes, string System, string Runtime, DateTimeOffset Date, double OtherLoad)
{
    private const double KilobytesPerGigabyte = 1024 * 1024;

    public static async Task<Machine> DescribeAsync(CancellationToken cancellationToken) => new(
        await Repository.DescribeCommitAsync(cancellationToken),
        After("/proc/cpuinfo", "model name", ':'),
        Environment.ProcessorCount,
        double.Parse(After("/proc/meminfo", "MemTotal", ':').Split(' ')[0], CultureInfo.InvariantCulture) / KilobytesPerGigabyte,
        $"{After("/etc/os-release", "PRETTY_NAME", '=').Trim('"')}, {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        TimeProvider.System.GetUtcNow(),
        double.Parse((await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[0], CultureInfo.InvariantCulture));

    private static string After(string file, string name, char separator)
    {
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? "unknown" : line[(line.IndexOf(separator) + 1)..].Trim();
    }
}
