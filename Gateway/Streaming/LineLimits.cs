namespace DataProcessor.Gateway.Streaming;

/// <summary>Limits of a streamed body.</summary>
/// <param name="MaxLineBytes">A longer line is passed over.</param>
/// <param name="MaxBodyBytes">A longer body is not read on.</param>
/// <param name="Patience">How long a line waits for room in the gateway's buffers.</param>
internal readonly record struct LineLimits(int MaxLineBytes, long MaxBodyBytes, TimeSpan Patience)
{
    /// <summary>\u0041 is the longest way to write a byte of a record.</summary>
    private const int LongestEscape = 6;

    /// <summary>For what is in a line beside data and key.</summary>
    private const int OtherLineBytes = 64 * 1024;

    public static LineLimits Of(GatewayOptions options, bool isCompressed) => new(
        (LongestEscape * options.MaxRecordBytes) + OtherLineBytes,
        isCompressed ? options.MaxDecompressedBytes : long.MaxValue,
        options.BusyPatience);
}
