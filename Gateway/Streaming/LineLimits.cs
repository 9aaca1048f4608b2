namespace DataProcessor.Gateway.Streaming;

/// <summary>Limits of a streamed body.</summary>
/// <param name="MaxLineBytes">A longer line is passed over.</param>
/// <param name="MaxBodyBytes">A longer body is not read on.</param>
/// <param name="MaxWindowBytes">Most bytes of a window.</param>
/// <param name="IsOneWindow">The body is announced to fit into a window: it is waited for, and put in one go.</param>
/// <param name="Patience">How long a line waits for room in the gateway's buffers.</param>
internal readonly record struct LineLimits(
    int MaxLineBytes, long MaxBodyBytes, int MaxWindowBytes, bool IsOneWindow, TimeSpan Patience)
{
    /// <summary>What the server itself reads ahead by default.</summary>
    public const int MostWindowBytes = 1024 * 1024;

    /// <summary>\u0041 is the longest way to write a byte of a record.</summary>
    private const int LongestEscape = 6;

    /// <summary>For what is in a line beside data and key.</summary>
    private const int OtherLineBytes = 64 * 1024;

    /// <param name="options">The gateway's.</param>
    /// <param name="announced">Length of the body as it will be read; null when it is not known.</param>
    /// <param name="isCompressed">Whether it is decompressed.</param>
    public static LineLimits Of(GatewayOptions options, long? announced, bool isCompressed)
    {
        var isOneWindow = announced <= MostWindowBytes;
        return new(
            (LongestEscape * options.MaxRecordBytes) + OtherLineBytes,
            isCompressed ? options.MaxDecompressedBytes : long.MaxValue,
            isOneWindow ? (int)announced! : MostWindowBytes,
            isOneWindow,
            options.BusyPatience);
    }
}
