namespace DataProcessor.Silo.Hosting;

internal static class QuietLogging
{
    /// <summary>
    /// Our own lines from Information on, the frameworks' from Warning on: a line per request or per Orleans option would
    /// hide what this program has to say. The section <c>Logging:LogLevel</c> prevails.
    /// </summary>
    public static void AddQuietDefaults(this ILoggingBuilder logging)
    {
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Orleans", LogLevel.Warning);
        logging.AddFilter("Polly", LogLevel.Warning);

        // Its first check counts from the machine's boot and always complains.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
    }
}
