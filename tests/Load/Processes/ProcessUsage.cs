using System.Globalization;

namespace DataProcessor.Load.Processes;

/// <summary>What the kernel says that a process has used, from /proc.</summary>
/// <param name="CpuSeconds">In user and kernel mode, all threads.</param>
/// <param name="ResidentBytes">Memory now.</param>
/// <param name="WrittenBytes">Sent to the storage layer: pages of files made dirty; sockets do not count.</param>
internal readonly record struct ProcessUsage(double CpuSeconds, long ResidentBytes, long WrittenBytes)
{
    /// <summary>USER_HZ, in which /proc counts; 100 on every Linux that .NET runs on.</summary>
    public const double TicksPerSecond = 100;

    /// <summary>Fields of /proc/PID/stat after the command's closing bracket, the state being the first.</summary>
    private const int UserTime = 11;
    private const int KernelTime = 12;

    /// <exception cref="IOException">There is no such process.</exception>
    public static ProcessUsage Read(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");

        // The command may hold blanks and brackets.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new(
            (Number(fields[UserTime]) + Number(fields[KernelTime])) / TicksPerSecond,
            Field($"/proc/{processId}/status", "VmRSS:") * 1024,
            Field($"/proc/{processId}/io", "write_bytes:"));
    }

    public static ProcessUsage operator -(ProcessUsage after, ProcessUsage before) => new(
        after.CpuSeconds - before.CpuSeconds,
        after.ResidentBytes - before.ResidentBytes,
        after.WrittenBytes - before.WrittenBytes);

    public static ProcessUsage operator +(ProcessUsage one, ProcessUsage other) => new(
        one.CpuSeconds + other.CpuSeconds,
        one.ResidentBytes + other.ResidentBytes,
        one.WrittenBytes + other.WrittenBytes);

    private static long Field(string file, string name)
    {
        var line = File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return Number(line[name.Length..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[0]);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
