using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DataProcessor.Aws.Signing;

namespace DataProcessor.Gateway.Authentication;

/// <summary>A signature that may be right, of a request whose body is still to be read.</summary>
internal sealed class ClaimedSignature
{
    public required AccessKey AccessKey { get; init; }

    public required SigningTime Time { get; init; }

    public required string Region { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public required string Query { get; init; }

    /// <summary>Those that are signed, with the values that came.</summary>
    public required SignedHeader[] Headers { get; init; }

    /// <summary>In hexadecimal, as it came.</summary>
    public required string Signature { get; init; }

    /// <summary>Whether who made it has the secret and signed exactly this request.</summary>
    public bool IsRightFor(ReadOnlySpan<byte> body)
    {
        var request = new RequestToSign { Method = Method, Path = Path, Query = Query, Headers = Headers, Body = body };
        Span<byte> signature = stackalloc byte[RequestSignature.Length];
        RequestSignature.Compute(request, Time, AccessKey.SigningKeyFor(Time, Region), signature);
        Span<char> text = stackalloc char[RequestSignature.Length * 2];
        Convert.TryToHexStringLower(signature, text, out _);
        return CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(text), MemoryMarshal.AsBytes(Signature.AsSpan()));
    }
}
