namespace DataProcessor.Gateway.KinesisApi;

/// <summary>The two encodings of Kinesis' protocol; an answer has its request's.</summary>
internal enum WireEncoding
{
    Json,
    Cbor,
}

internal static class WireEncodings
{
    public const string Json = "application/x-amz-json-1.1";
    public const string Cbor = "application/x-amz-cbor-1.1";

    public static string ContentTypeOf(WireEncoding encoding) => encoding == WireEncoding.Cbor ? Cbor : Json;

    /// <summary>Null for a media type that the protocol does not have; parameters are ignored.</summary>
    public static WireEncoding? Of(string? contentType)
    {
        var mediaType = contentType.AsSpan();
        var end = mediaType.IndexOf(';');
        mediaType = (end < 0 ? mediaType : mediaType[..end]).Trim();
        return mediaType.Equals(Cbor, StringComparison.OrdinalIgnoreCase) ? WireEncoding.Cbor
            : mediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
                || mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) ? WireEncoding.Json
            : null;
    }
}
