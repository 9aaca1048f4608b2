using Microsoft.Extensions.Configuration.Memory;

namespace DataProcessor.Silo.Hosting;

internal static class QuietLogging
{
    /// <summary>
    /// Our own lines from Information on, the frameworks' from Warning on: a line per request or per Orleans option would
    /// hide what this program has to say. A default: every other source of <c>Logging:LogLevel</c> prevails.
    /// </summary>
    public static void AddQuietLogging(this IHostApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Microsoft"] = nameof(LogLevel.Warning),
                ["Logging:LogLevel:Orleans"] = nameof(LogLevel.Warning),
                ["Logging:LogLevel:Polly"] = nameof(LogLevel.Warning),

                // DataProcessorHost.RunAsync says it in a line.
                ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = nameof(LogLevel.None),

                // Its first check counts from the machine's boot and always complains.
                ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = nameof(LogLevel.Error),
            },
        });
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
    }
}
