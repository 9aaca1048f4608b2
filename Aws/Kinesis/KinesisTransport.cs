namespace DataProcessor.Aws.Kinesis;

/// <summary>The connections that a <see cref="KinesisClient"/> outside tests is given.</summary>
public static class KinesisTransport
{
    /// <summary>
    /// Bytes of a subscription that the service may send before somebody reads them: what a reader that stands still costs.
    /// At 2 MB/s, a consumer's share of a shard, it suffices for round trips of up to 125 ms. Over HTTP/1.1 it is the socket's
    /// buffers instead, which are the kernel's and not this process' memory.
    /// </summary>
    public const int SubscriptionWindowBytes = 256 * 1024;

    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,

        // As KPL's ConnectTimeout.
        ConnectTimeout = TimeSpan.FromSeconds(6),

        // The service's addresses change behind its name. A subscription stays on its connection to its end.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),

        // HTTP/2 is for subscriptions alone. This is where their windows start; that they do not grow up to 16 MiB each takes
        // a switch of the whole process, Http2FlowControl.DisableDynamicWindowSizing (Directory.Build.props). A connection's
        // own window is fixed at 64 MiB, enough for 256 subscriptions that stand still; the service allows fewer on one.
        EnableMultipleHttp2Connections = true,
        InitialHttp2StreamWindowSize = SubscriptionWindowBytes,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),

        // A subscription that is given up over HTTP/1.1 would otherwise be read on for up to 2 s or 1 MiB.
        MaxResponseDrainSize = 0,

        // Trace headers would be neither signed nor read.
        ActivityHeadersPropagator = null,
    };
}
