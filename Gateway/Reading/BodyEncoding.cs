using DataProcessor.Gateway.Answering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RequestDecompression;

namespace DataProcessor.Gateway.Reading;

/// <summary>
/// Puts ASP.NET Core's decompression in front of a compressed body. Its bytes are counted where the body is read, after
/// decompression: a small body that becomes a huge one is refused like a huge one, and never held.
/// </summary>
internal sealed class BodyEncoding(IRequestDecompressionProvider decompression)
{
    /// <summary>What to send in Accept-Encoding with a 415.</summary>
    public const string Accepted = "gzip, br, deflate, identity";

    /// <summary>Null when the body can be read; <see cref="HttpRequest.Body"/> is plain from now on.</summary>
    public Problem? Undo(HttpRequest request, out bool isCompressed)
    {
        isCompressed = false;
        var encoding = request.Headers.ContentEncoding;
        if (encoding.Count == 0 || string.Equals(encoding.ToString(), "identity", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (decompression.GetDecompressionStream(request.HttpContext) is not { } plain)
        {
            return new(
                ProblemKind.UnsupportedContentEncoding,
                $"Content-Encoding '{encoding}' is not read. Send the body uncompressed, or compressed once by gzip, br or deflate.");
        }

        request.HttpContext.Response.RegisterForDispose(plain);
        request.Body = plain;

        // It was the compressed body's; nobody may size a buffer by it.
        request.ContentLength = null;
        isCompressed = true;
        return null;
    }

    /// <summary>Why reading the body failed; null when the failure is not the client's.</summary>
    public static Problem? ProblemOf(Exception failure) => failure switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new(
            ProblemKind.BodyTooSlow, "The body arrived too slowly. Send it again over a faster connection, or in parts."),
        BadHttpRequestException bad => new(
            ProblemKind.UnreadableBody, $"{bad.Message} Check Content-Length and Transfer-Encoding."),

        // GZipStream and ZLibStream; BrotliStream.
        InvalidDataException or InvalidOperationException { Source: "System.IO.Compression.Brotli" } => new(
            ProblemKind.UnreadableBody, "The body is not what its Content-Encoding says, or ends too early."),
        _ => null,
    };
}
