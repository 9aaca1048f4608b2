namespace DataProcessor.Aws.Signing;

/// <summary>What a signature covers.</summary>
internal readonly ref struct RequestToSign
{
    public required string Method { get; init; }

    /// <summary>Absolute and percent-encoded.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Percent-encoded and sorted by name, without the question mark.</summary>
    public string Query { get; init; } = "";

    /// <summary>Sorted by name; host and x-amz-date among them.</summary>
    public required ReadOnlySpan<SignedHeader> Headers { get; init; }

    public required ReadOnlySpan<byte> Body { get; init; }

    public RequestToSign()
    {
    }
}
