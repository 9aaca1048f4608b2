namespace DataProcessor.Aws.Kinesis;

/// <summary>The connections that a <see cref="KinesisClient"/> outside tests is given.</summary>
public static class KinesisTransport
{
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,

        // As KPL's ConnectTimeout.
        ConnectTimeout = TimeSpan.FromSeconds(6),

        // The service's addresses change behind its name.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),

        // For event streams: a subscription's 1 MB events would wait for window updates at the default of 64 KiB.
        EnableMultipleHttp2Connections = true,
        InitialHttp2StreamWindowSize = 4 * 1024 * 1024,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),

        // Trace headers would be neither signed nor read.
        ActivityHeadersPropagator = null,
    };
}
