using System.Security.Cryptography;

namespace DataProcessor.Aws.Signing;

/// <summary>
/// AWS Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), for
/// who signs a request and for who verifies one.
/// </summary>
internal static class RequestSignature
{
    /// <summary>Bytes of a signature; as text twice as many.</summary>
    public const int Length = 32;

    private const int CanonicalBytes = 1024;
    private const int ShortTextBytes = 256;

    /// <param name="request">Its headers are those that are signed.</param>
    /// <param name="time">Of the request, on the day of the key.</param>
    /// <param name="key">Names the scope.</param>
    /// <param name="signature">Takes <see cref="Length"/> bytes.</param>
    public static void Compute(in RequestToSign request, SigningTime time, SigningKey key, Span<byte> signature)
    {
        HashCanonicalRequest(request, signature);
        var toSign = new CanonicalText(stackalloc byte[ShortTextBytes]);
        toSign.Append("AWS4-HMAC-SHA256\n"u8);
        toSign.Append(time.Stamp);
        toSign.Append((byte)'\n');
        key.AppendScope(ref toSign);
        toSign.Append((byte)'\n');
        toSign.AppendHex(signature);
        HMACSHA256.HashData(key.Bytes, toSign.Written, signature);
        toSign.Dispose();
    }

    public static void AppendNames(ref CanonicalText text, ReadOnlySpan<SignedHeader> headers)
    {
        for (var i = 0; i < headers.Length; i++)
        {
            if (i > 0)
            {
                text.Append((byte)';');
            }

            text.Append(headers[i].Name);
        }
    }

    private static void HashCanonicalRequest(in RequestToSign request, Span<byte> hash)
    {
        SHA256.HashData(request.Body, hash);

        var text = new CanonicalText(stackalloc byte[CanonicalBytes]);
        text.Append(request.Method);
        text.Append((byte)'\n');
        text.Append(request.Path);
        text.Append((byte)'\n');
        text.Append(request.Query);
        text.Append((byte)'\n');
        foreach (var header in request.Headers)
        {
            text.Append(header.Name);
            text.Append((byte)':');
            text.AppendHeaderValue(header.Value);
            text.Append((byte)'\n');
        }

        text.Append((byte)'\n');
        AppendNames(ref text, request.Headers);
        text.Append((byte)'\n');
        text.AppendHex(hash);
        SHA256.HashData(text.Written, hash);
        text.Dispose();
    }
}
