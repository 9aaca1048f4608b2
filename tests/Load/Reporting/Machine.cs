using System.Globalization;
using System.Runtime.InteropServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Processes;

namespace DataProcessor.Load.Reporting;

/// <summary>Where and when a run was made; read before it begins.</summary>
/// <param name="BusyCores">Used by others in the second before.</param>
internal sealed record Machine(
    string Commit, string Processor, int Cores, double MemoryGigabytes, string System, string Runtime, DateTimeOffset Date, double BusyCores)
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
        await BusyCoresAsync(cancellationToken));

    private static async Task<double> BusyCoresAsync(CancellationToken cancellationToken)
    {
        var before = BusyTicks();
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
        return (BusyTicks() - before) / ProcessUsage.TicksPerSecond;
    }

    /// <summary>Of all cores: user, nice, system, irq, softirq and steal; not idle and iowait, the 4th and 5th.</summary>
    private static double BusyTicks() => After("/proc/stat", "cpu ", ' ')
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Where((_, i) => i is < 3 or (> 4 and < 8))
        .Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture));

    private static string After(string file, string name, char separator)
    {
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? "unknown" : line[(line.IndexOf(separator) + 1)..].Trim();
    }
}
