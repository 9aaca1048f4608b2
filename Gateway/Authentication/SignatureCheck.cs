using System.Collections.Frozen;
using DataProcessor.Aws.Signing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway.Authentication;

/// <summary>
/// Checks Signature Version 4 as AWS does, where authentication is on: what the headers tell before the body is read, then
/// the signature over both (<see cref="ClaimedSignature"/>). A body's hash is always part of it, so unsigned and streamed
/// payloads are refused.
/// </summary>
internal sealed class SignatureCheck(IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <summary>How far the client's clock may be off: AWS' five minutes.</summary>
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    /// <summary>SDKs sign about ten.</summary>
    private const int MaxSignedHeaders = 64;

    /// <summary>What HTTP/2 clients sign for the host; a proxy may have made the request an HTTP/1.1 one since.</summary>
    private const string Authority = ":authority";

    private const string HashHeader = "x-amz-content-sha256";
    private const int HashDigits = 64;

    private readonly FrozenDictionary<string, AccessKey> _keys = options.Value.Authentication.AccessKeys.ToFrozenDictionary(
        key => key.Id, key => new AccessKey(key.Secret, new(key.Streams)), StringComparer.Ordinal);

    public bool IsOn { get; } = options.Value.Authentication.IsOn;

    /// <summary>Null when <paramref name="claim"/> is worth being checked against the body.</summary>
    public SignatureProblem? Read(HttpRequest request, out ClaimedSignature? claim)
    {
        claim = null;
        if (request.Headers.Authorization is not [{ } authorization])
        {
            return SignatureProblem.Missing;
        }

        if (SignatureHeader.Parse(authorization) is not { } header)
        {
            return SignatureProblem.Incomplete(
                "Authorization must be 'AWS4-HMAC-SHA256 Credential=ID/DATE/REGION/kinesis/aws4_request, SignedHeaders=…, Signature=…'.");
        }

        if (!_keys.TryGetValue(header.AccessKeyId, out var key))
        {
            return SignatureProblem.UnknownAccessKey;
        }

        if (ReadTime(request, header, out var signingTime) is { } untimely)
        {
            return untimely;
        }

        if (ReadHeaders(request, header, out var headers) is { } unsigned)
        {
            return unsigned;
        }

        // As it stands on the wire: only "/" leads here, which has one canonical form.
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2);
        claim = new()
        {
            AccessKey = key,
            Time = signingTime,
            Region = header.Region,
            Method = request.Method,
            Path = target[0],
            Query = target.Length > 1 ? target[1] : "",
            Headers = headers,
            Signature = header.Signature,
        };
        return null;
    }

    private SignatureProblem? ReadTime(HttpRequest request, SignatureHeader header, out SigningTime signingTime)
    {
        signingTime = default;
        if (request.Headers["x-amz-date"] is not [{ } stamp] || !SigningTime.TryParse(stamp, out signingTime, out var signedAt))
        {
            return SignatureProblem.Incomplete("Authorization header requires existence of 'X-Amz-Date', like 20260131T120000Z.");
        }

        if (header.Service != AccessKey.Service)
        {
            return SignatureProblem.Invalid($"Credential should be scoped to correct service: '{AccessKey.Service}'.");
        }

        if (!signingTime.Date.SequenceEqual(header.Date))
        {
            return SignatureProblem.Invalid($"Date in Credential scope does not match X-Amz-Date: '{header.Date}' != '{signingTime.Date}'.");
        }

        var now = time.GetUtcNow();
        return signedAt < now - MaxSkew
            ? SignatureProblem.Invalid($"Signature expired: {stamp} is now earlier than {Stamp(now - MaxSkew)} ({Stamp(now)} - 5 min.)")
            : signedAt > now + MaxSkew
                ? SignatureProblem.Invalid($"Signature not yet current: {stamp} is still later than {Stamp(now + MaxSkew)} ({Stamp(now)} + 5 min.)")
                : null;
    }

    private static SignatureProblem? ReadHeaders(HttpRequest request, SignatureHeader header, out SignedHeader[] headers)
    {
        headers = [];
        var names = header.SignedHeaders.Split(';', MaxSignedHeaders + 1);
        for (var i = 0; i < names.Length; i++)
        {
            var isInOrder = i == 0 || string.CompareOrdinal(names[i - 1], names[i]) < 0;
            if (i == MaxSignedHeaders || !isInOrder || names[i].AsSpan().ContainsAnyInRange('A', 'Z'))
            {
                return SignatureProblem.Incomplete($"SignedHeaders must be at most {MaxSignedHeaders} names in lower case, sorted.");
            }
        }

        if (MissingIn(names, request.Headers) is { } missing)
        {
            return SignatureProblem.Invalid($"'{missing}' must be a 'SignedHeader' in the AWS Authorization.");
        }

        if (request.Headers[HashHeader] is [{ } hash] && hash.Length != HashDigits)
        {
            // UNSIGNED-PAYLOAD, STREAMING-…
            return SignatureProblem.Invalid($"{HashHeader} '{hash}': only payloads whose SHA-256 is signed are taken.");
        }

        headers = Array.ConvertAll(
            names, name => new SignedHeader(name, (name == Authority ? request.Headers.Host : request.Headers[name]).ToString()));
        return null;
    }

    /// <summary>Whatever a request means is signed; proxies add and change other headers.</summary>
    private static string? MissingIn(string[] signed, IHeaderDictionary headers) =>
        !IsIn(signed, "host") && !IsIn(signed, Authority)
            ? "host"
            : headers.Keys.Select(name => name.ToLowerInvariant()).FirstOrDefault(name =>
                (name == "content-type" || name.StartsWith("x-amz-", StringComparison.Ordinal)) && !IsIn(signed, name));

    private static bool IsIn(string[] sorted, string name) => Array.BinarySearch(sorted, name, StringComparer.Ordinal) >= 0;

    private static string Stamp(DateTimeOffset at) => SigningTime.At(at).Stamp;
}
