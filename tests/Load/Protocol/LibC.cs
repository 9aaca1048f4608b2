using System.Runtime.InteropServices;

namespace DataProcessor.Load.Protocol;

/// <summary>What .NET has no call for.</summary>
internal static class LibC
{
    public const int SigTerm = 15;

    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Sleeps to within some 50 µs; .NET's own waits count milliseconds, which is what is to be measured.</summary>
    public static void Sleep(TimeSpan time)
    {
        var (seconds, rest) = Math.DivRem((long)time.TotalNanoseconds, NanosecondsPerSecond);
        var duration = new TimeSpec(seconds, rest);
        _ = NanoSleep(in duration, 0); // Woken early by a signal, the caller sleeps again.
    }

    /// <summary>Asks a process to end; no matter if it has.</summary>
    public static void Terminate(int processId) => _ = Kill(processId, SigTerm);

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NanoSleep(in TimeSpec duration, nint remaining);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);

    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
