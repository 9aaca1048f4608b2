using DataProcessor.Load.Protocol;
using DataProcessor.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DataProcessor.Load.Host;

/// <summary>
/// <c>Load host &lt;processor&gt; &lt;the product's own options&gt;</c>: the product's host with a processor that counts. It
/// prints the product's start message and answers each line sent to it by a <see cref="HostReport"/>.
/// </summary>
internal static class HostCommand
{
    public const string NoOp = "noop";
    public const string Verify = "verify";
    public const string Time = "time";

    public static Task<int> RunAsync(string processor, string[] args)
    {
        var tally = new Tally();

        // A thread of its own: a pool thread that waits for a line would be one less for the system.
        new Thread(() =>
        {
            RoleLines.Serve(line => tally.Report(reset: line == HostReport.AskAndReset), LoadJson.Default.HostReport);
            Environment.Exit(0);
        })
        { IsBackground = true }.Start();
        return DataProcessorHost.RunAsync(args, services =>
        {
            services.AddSingleton(tally);
            _ = processor switch
            {
                NoOp => services.AddRecordProcessor<NoOpProcessor>(),
                Verify => services.AddRecordProcessor<VerifyingProcessor>(),
                Time => services.AddRecordProcessor<TimingProcessor>(),
                _ => throw new ArgumentException($"There is no processor '{processor}'."),
            };
        });
    }
}
